import Foundation
import KongCore
import Testing

@testable import KongStore

@Suite("what a write costs, and that it is kept")
struct DurabilityTests {
    @Test("every commit is synced before it is answered, in a new store and in one that was there")
    func synced() async throws {
        let fixture = try await Fixture()
        let backend = try #require(fixture.store.backend as? SQLiteBackend)
        // 2 is FULL; with less a journal in write-ahead mode is synced at checkpoints only.
        #expect(try backend.pragma("synchronous") == 2)
        try await fixture.service("a")
        backend.close()
        let again = try SQLiteBackend(path: fixture.path)
        defer { again.close() }
        #expect(try again.pragma("synchronous") == 2)
    }

    /// How many pages each of these writes puts into the journal, in a store with so many consumers, a key for each.
    private func pages(beside count: Int) async throws -> [String: Int] {
        let fixture = try await Fixture()
        let backend = try #require(fixture.store.backend as? SQLiteBackend)
        let entities = (0..<count).flatMap { number -> [(String, JSONObject)] in
            let consumer = RandomText.uuid()
            return [
                ("consumers", ["id": .string(consumer), "username": .string("c\(number)"), "tags": ["t"]]),
                (
                    "keyauth_credentials",
                    [
                        "id": .string(RandomText.uuid()), "key": .string("k\(number)"),
                        "consumer": ["id": .string(consumer)],
                    ]
                ),
            ]
        }
        try await fixture.store.replaceAll(entities)
        // The journal begins anew, so that no checkpoint of what went before falls into a measurement.
        _ = try backend.pragma("wal_checkpoint(TRUNCATE)")
        var measured: [String: Int] = [:]
        func measure(_ name: String, _ body: () async throws -> Void) async throws {
            func frames() throws -> Int {
                let size = try FileManager.default.attributesOfItem(atPath: fixture.path + "-wal")[.size] as? Int
                // 32 bytes at the start, 24 before each page.
                return (try #require(size) - 32) / (4096 + 24)
            }
            let before = try frames()
            try await body()
            measured[name] = try frames() - before
        }
        try await fixture.add("consumers", ["username": "warm"])
        let consumer = RandomText.uuid()
        try await measure("insert") {
            try await fixture.add("consumers", ["id": .string(consumer), "username": "x", "tags": ["t"]])
        }
        try await measure("insert of a key") {
            try await fixture.add("keyauth_credentials", ["key": "x", "consumer": ["id": .string(consumer)]])
        }
        try await measure("update") {
            try await fixture.store.update("consumers", id: consumer, ["username": "y", "tags": ["t", "u"]])
        }
        try await measure("delete with its key") { try await fixture.store.delete("consumers", id: consumer) }
        return measured
    }

    @Test(
        "a write touches as many pages of the store beside 10,000 entities as beside ten, but for a level of each tree")
    func writeCost() async throws {
        let few = try await pages(beside: 5)
        let many = try await pages(beside: 5000)
        #expect(few.count == 4)
        for (write, pages) in few {
            let beside = try #require(many[write])
            // Pages that are full are split in two now and then.
            #expect(pages > 0 && beside <= 2 * pages + 8, "\(write): \(pages) pages, then \(beside)")
        }
    }
}
