import Foundation
import KongCore
import Testing

@testable import KongSnapshot

@Suite("What a write costs the snapshot")
struct SnapshotCostTests {
    /// How many pages of the file are others after a change in a snapshot of so many services.
    private static func pages(beside count: Int) throws -> [Int] {
        let path = SnapshotTests.temporary()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = try SnapshotWriter(path: path, mapSize: 64 << 20)
        try writer.rebuild(version: 1) { emit in
            for number in 0..<count { try emit(SnapshotFolder.service(number)) }
        }
        func contents() throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(fileURLWithPath: path + "/data.mdb"))) }
        return try (0..<6).map { turn in
            let before = try contents()
            let change = SnapshotFolder.service(1_000_000 + turn / 2, name: "new-\(turn)")
            try writer.stage([change], version: Int64(turn + 2)).commit()
            let after = try contents()
            return stride(from: 0, to: after.count, by: 4096).count { start in
                let page = start..<min(start + 4096, after.count)
                return page.upperBound > before.count || before[page] != after[page]
            }
        }
    }

    @Test("a change touches as many pages beside 10,000 entities as beside ten, but for a level of each tree")
    func changes() async throws {
        let (few, many) = try await onOwnThread { (try Self.pages(beside: 10), try Self.pages(beside: 10_000)) }
        // Pages that are full are split in two now and then.
        for (one, other) in zip(few, many) { #expect(one > 0 && other <= 2 * one + 8, "\(few), then \(many)") }
    }
}
