import Foundation
import KongCore

@testable import KongSnapshot

/// A snapshot in a folder of its own with some services and credentials, and what a reader finds in it.
final class SnapshotFolder: Sendable {
    static let mapSize = 16 << 20
    static let rows = 150

    let path: String

    var data: String { path + "/data.mdb" }

    init() {
        path = NSTemporaryDirectory() + "snapshot-" + UUID().uuidString
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    static func id(_ kind: Int, _ number: Int) -> String {
        String(format: "%08d-0000-4000-8000-%012d", kind, number)
    }

    static func service(_ number: Int, name: String? = nil) -> EntityChange {
        EntityChange(
            entity: "services", id: id(1, number),
            operation: .upsert([
                "id": .string(id(1, number)), "name": .string(name ?? "service-\(number)"), "host": "127.0.0.1",
                "port": 80,
            ]))
    }

    static func credential(_ number: Int) -> EntityChange {
        EntityChange(
            entity: "keyauth_credentials", id: id(2, number),
            operation: .upsert(["id": .string(id(2, number)), "key": .string("key-\(number)")]))
    }

    /// Opens it as the admin process does; a new or damaged one is filled.
    func open() throws -> SnapshotWriter {
        let writer = try SnapshotWriter(path: path, mapSize: Self.mapSize)
        if try writer.version() == nil { try Self.fill(writer) }
        return writer
    }

    static func fill(_ writer: SnapshotWriter, version: Int64 = 1) throws {
        try writer.rebuild(version: version) { emit in
            for number in 0..<rows {
                try emit(service(number))
                try emit(credential(number))
            }
        }
    }

    /// What is found, or an error; nil where something is missing or wrong: that must never be.
    static func contents(_ view: SnapshotView) -> Int? {
        var found = 0
        view.forEach("services") { _, row in
            var reader = RowReader(row)
            if reader.value()?.objectValue?["host"] == "127.0.0.1" { found += 1 }
        }
        for number in 0..<rows {
            let key = Array("key-\(number)".utf8)
            let id = key.withUnsafeBufferPointer { view.find("keyauth_credentials", "key", $0) }
            if let id, view.record("keyauth_credentials", id)?["key"] == .string("key-\(number)") { found += 1 }
        }
        return found == 2 * rows ? found : nil
    }
}

/// Repeatable randomness.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
