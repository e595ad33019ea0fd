import Foundation
import KongCore
import Testing

@testable import KongSnapshot

@Suite("Filling an emptied snapshot")
struct SnapshotFillTests {
    @Test("whatever the order and however much it is, every row and every index entry is there")
    func anyOrder() async throws {
        let count = 60_000
        let (wrong, seen) = try await onOwnThread { try Self.fill(count) }
        #expect(wrong.isEmpty, "\(wrong.count) rows, \(wrong.prefix(3))")
        #expect(seen == count / 2)
    }

    /// Fills a snapshot with services and consumers; returns those that are not found, and how many services are seen.
    private static func fill(_ count: Int) throws -> (wrong: [Int], seen: Int) {
        let path = SnapshotTests.temporary()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = try SnapshotWriter(path: path, mapSize: 512 << 20)
        // Rows beyond what is gathered at once, so that later ones belong between earlier ones.
        let filler = JSONValue.string(String(repeating: "x", count: 600))
        let ids = (0..<count).map { _ in UUID().uuidString.lowercased() }
        let fields = { (number: Int) in number % 2 == 0 ? ("services", "name") : ("consumers", "username") }
        try writer.rebuild(version: 1) { emit in
            for (number, id) in ids.enumerated() {
                let (entity, name) = fields(number)
                let record: JSONObject = ["id": .string(id), name: .string("n\(number)"), "filler": filler]
                try emit(EntityChange(entity: entity, id: id, operation: .upsert(record)))
            }
        }
        return try SnapshotReader(writer.environment).read { view in
            let wrong = ids.indices.filter { number in
                let (entity, name) = fields(number)
                let found = Array("n\(number)".utf8).withUnsafeBufferPointer { view.find(entity, name, $0) }
                guard let bytes = UUIDBytes(ids[number].utf8) else { return true }
                return found != bytes || view.row(entity, bytes) == nil
            }
            var seen = 0
            view.forEach("services") { _, _ in seen += 1 }
            return (wrong, seen)
        }
    }

    @Test("what a rebuild replaces is gone, and later changes go on from it")
    func replaced() throws {
        let writer = try SnapshotWriter(path: SnapshotTests.temporary(), mapSize: 16 << 20)
        let old = UUID().uuidString.lowercased(), new = UUID().uuidString.lowercased()
        try writer.rebuild(version: 1) { emit in try emit(SnapshotTests.service(old, name: "old")) }
        try writer.rebuild(version: 2) { emit in try emit(SnapshotTests.service(new, name: "new")) }
        try SnapshotTests.commit(writer, [SnapshotTests.service(old, name: "back")], version: 3)
        try SnapshotReader(writer.environment).read { view in
            func find(_ name: String) -> String? {
                Array(name.utf8).withUnsafeBufferPointer { view.find("services", "name", $0) }?.string
            }
            #expect(find("old") == nil)
            #expect(find("new") == new)
            #expect(find("back") == old)
        }
    }
}
