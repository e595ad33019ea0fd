import Foundation
import KongCore
import Testing

@testable import KongStore

@Suite("a store file that is not as it was written")
struct DamageTests {
    /// A closed store with some services; returns its folder and the bytes of its file.
    private func written() async throws -> (folder: String, bytes: [UInt8]) {
        let folder = NSTemporaryDirectory() + "kong-damage-" + RandomText.uuid()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let backend = try SQLiteBackend(path: folder + "/kong.db", layout: TestEntities.layout)
        let store = EntityStore(backend: backend, context: Clock().context, sink: nil)
        for number in 0..<300 {
            try await store.insert(
                "services",
                [
                    "id": .string(RandomText.uuid()), "name": .string("service-\(number)"),
                    "host": .string("host-\(number).test"), "port": 80, "tags": ["a", "b"],
                ])
        }
        store.stop()
        backend.close()
        return (folder, try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/kong.db"))))
    }

    /// What a start on `bytes` gives: the number of intact services, or nil where it says that the file is damaged.
    private func start(_ bytes: [UInt8], _ folder: String) async -> Int? {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder + "/kong.db" + suffix) }
        FileManager.default.createFile(atPath: folder + "/kong.db", contents: Data(bytes))
        do {
            let backend = try SQLiteBackend(path: folder + "/kong.db", layout: TestEntities.layout)
            defer { backend.close() }
            let store = EntityStore(backend: backend, context: Clock().context, sink: RecordingSink())
            defer { store.stop() }
            try await store.start()
            var names = Set<String>()
            var offset: String?
            repeat {
                let page = try await store.page("services", PageRequest(size: 1000, offset: offset))
                for service in page.data {
                    guard let name = service["name"]?.stringValue, name.hasPrefix("service-"), service["port"] == 80
                    else { continue }
                    names.insert(name)
                }
                offset = page.offset
            } while offset != nil
            return names.count
        } catch is SQLiteError { return nil } catch is DataError { return nil } catch {
            Issue.record("an error that says nothing: \(error)")
            return nil
        }
    }

    @Test("truncated anywhere: an error, never fewer services")
    func truncated() async throws {
        let (folder, bytes) = try await written()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(await start(bytes, folder) == 300)
        for length in [0, 1, 15, 16, 99, 100, 4095, 4096, 4097, bytes.count / 2, bytes.count - 4096, bytes.count - 1] {
            #expect(await start(Array(bytes.prefix(length)), folder) == nil, "cut to \(length)")
        }
    }

    @Test("cut within the last page: SQLite would read the rest of it as zeros; the error says how much is missing")
    func lastPage() async throws {
        let (folder, bytes) = try await written()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for missing in [1, 2, 100, 2048, 4095] {
            try Data(bytes.dropLast(missing)).write(to: URL(fileURLWithPath: folder + "/kong.db"))
            let error = #expect(throws: SQLiteError.self) {
                try SQLiteBackend(path: folder + "/kong.db", layout: TestEntities.layout)
            }
            #expect(
                error?.description.contains("/kong.db is damaged (its last \(missing) bytes are missing)") == true,
                "\(String(describing: error))")
        }
    }

    @Test("a flipped bit anywhere: an error, or all services as they were")
    func flipped() async throws {
        let (folder, bytes) = try await written()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var generator = SplitMix(state: 42)
        for round in 0..<150 {
            var damaged = bytes
            // Every header byte once, then anywhere.
            let position = round < 100 ? round : Int(generator.next() % UInt64(bytes.count))
            damaged[position] ^= 1 << UInt8(generator.next() % 8)
            let found = await start(damaged, folder)
            #expect(found == nil || found == 300, "bit in byte \(position): \(found ?? -1)")
        }
    }

    @Test("a foreign file and a newer store say what to do")
    func foreign() async throws {
        let folder = NSTemporaryDirectory() + "kong-foreign-" + RandomText.uuid()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/kong.db"
        func message() -> String {
            do {
                _ = try SQLiteBackend(path: path, layout: TestEntities.layout)
                return "opened"
            } catch { return "\(error)" }
        }
        FileManager.default.createFile(atPath: path, contents: Data("hello, this is a text file".utf8))
        #expect(message() == "\(path) is not a Kong store: move it away, or set sqlite_path to another file")
        try FileManager.default.removeItem(atPath: path)
        let backend = try SQLiteBackend(path: path, layout: TestEntities.layout)
        try backend.execute("PRAGMA user_version = 99")
        backend.close()
        #expect(message().contains("was written by a newer version (layout 99, this one knows 1)"))
        let missing = folder + "/none/kong.db"
        #expect(throws: SQLiteError.self) { try SQLiteBackend(path: missing, layout: TestEntities.layout) }
    }

    @Test("a lost table is damage, not an empty list")
    func lostTable() async throws {
        let (folder, _) = try await written()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let backend = try SQLiteBackend(path: folder + "/kong.db", layout: TestEntities.layout)
        try backend.execute("PRAGMA foreign_keys = OFF; DROP TABLE services")
        backend.close()
        #expect(throws: SQLiteError.self) { try SQLiteBackend(path: folder + "/kong.db", layout: TestEntities.layout) }
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
