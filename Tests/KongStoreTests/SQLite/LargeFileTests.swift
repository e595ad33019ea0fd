import Foundation
import KongCore
import Testing

@testable import KongStore

@Suite("a store too large to be read through at start")
struct LargeFileTests {
    /// A closed store with a page of its services overwritten; such damage no query of another page meets.
    private func damaged() async throws -> String {
        let folder = NSTemporaryDirectory() + "kong-large-" + RandomText.uuid()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/kong.db"
        let backend = try SQLiteBackend(path: path, layout: TestEntities.layout)
        let store = EntityStore(backend: backend, context: Clock().context, sink: nil)
        for number in 0..<400 {
            try await store.insert(
                "services", ["id": .string(RandomText.uuid()), "name": .string("s\(number)"), "host": "h.test"])
        }
        store.close()
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        let name = Array("s200h.test".utf8)
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: name) })
        // The number of rows in the page's header: the others are still there, nobody sees them.
        let page = place / 4096 * 4096
        bytes[page + 3] = 0
        bytes[page + 4] = 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return folder
    }

    @Test("it opens at once, and is read through beside the traffic: then writes are refused, reads go on")
    func background() async throws {
        let folder = try await damaged()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/kong.db"
        #expect(throws: SQLiteError.self) { try SQLiteBackend(path: path, layout: TestEntities.layout) }
        let backend = try SQLiteBackend(path: path, layout: TestEntities.layout, checkedAtStart: 0)
        let store = EntityStore(backend: backend, context: Clock().context, sink: nil)
        defer { store.close() }
        try await store.start()
        try await store.insert("consumers", ["username": "before"])
        let found = await refusal { try await store.verify() }
        #expect(found?.httpStatus == 503)
        #expect(found?.message.hasPrefix("\(path) is damaged (") == true)
        #expect(found?.message.contains("restore a backup") == true)
        let refused = await refusal { try await store.insert("consumers", ["username": "after"]) }
        #expect(refused?.httpStatus == 503)
        #expect(refused?.message == found?.message)
        #expect(try await store.page("consumers").data.count == 1)
    }

    @Test("a snapshot is not made from it before it was read through")
    func rebuild() async throws {
        let folder = try await damaged()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let backend = try SQLiteBackend(path: folder + "/kong.db", layout: TestEntities.layout, checkedAtStart: 0)
        let sink = RecordingSink()
        let store = EntityStore(backend: backend, context: Clock().context, sink: sink)
        defer { store.close() }
        #expect(await refusal { try await store.start() }?.httpStatus == 503)
        #expect(sink.state.withLock { $0.rebuilds } == 0)
    }

    @Test("a sound one is found sound, and writing goes on")
    func sound() async throws {
        let fixture = try await Fixture()
        try await fixture.service("a")
        let backend = try SQLiteBackend(path: fixture.path, checkedAtStart: 0)
        let store = EntityStore(backend: backend, context: fixture.clock.context, sink: nil)
        defer { store.close() }
        try await store.verify()
        try await store.insert("services", ["name": "b", "host": "h.test"])
    }
}
