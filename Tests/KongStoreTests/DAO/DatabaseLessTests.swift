import KongCore
import Testing

@testable import KongStore

@Suite("a node without a database")
struct DatabaseLessTests {
    @Test("writes are code 12 with Kong's texts; what is not there answers as usual")
    func readOnly() async throws {
        let fixture = try await Fixture(.memory)
        let id = RandomText.uuid()
        let schema = try #require(Entities.named("services"))
        let service = try schema.insert(["id": .string(id), "name": "s", "host": "h.test"], fixture.clock.context)
        try await fixture.store.replaceAll([("services", service)])
        let create = await refusal { try await fixture.service("x") }
        #expect(create?.code == 12)
        #expect(create?.httpStatus == 405)
        #expect(create?.message == "cannot create 'services' entities when not using a database")
        let byName = EntityKey.field("name", "s")
        #expect(
            await refusal { try await fixture.store.delete("services", key: byName) }?.message
                == "cannot remove 'services' entities by 'name' when not using a database")
        #expect(
            await refusal { try await fixture.store.delete("services", id: id) }?.message
                == "cannot remove 'services' entities when not using a database")
        #expect(
            await refusal { try await fixture.store.update("services", key: byName, ["port": 1]) }?.message
                == "cannot update 'services' entities by 'name' when not using a database")
        #expect(
            await refusal { try await fixture.store.upsert("services", key: .id(id), ["host": "x.test"]) }?.message
                == "cannot create or update 'services' entities when not using a database")
        #expect(try await fixture.store.delete("services", key: .field("name", "none")) == false)
        #expect(
            await refusal { try await fixture.store.update("services", key: .field("name", "none"), [:]) }?.code == 6)
    }

    @Test("replaceAll takes any order, replaces everything, and a bad one changes nothing")
    func replaceAll() async throws {
        let fixture = try await Fixture(.memory)
        let service = RandomText.uuid(), route = RandomText.uuid()
        try await fixture.store.replaceAll([
            ("routes", ["id": .string(route), "name": "r", "service": ["id": .string(service)]]),
            ("services", ["id": .string(service), "name": "s", "host": "h.test"]),
        ])
        #expect(fixture.sink.state.withLock { $0.entities["routes \(route)"] } != nil)
        let bad = await refusal {
            try await fixture.store.replaceAll([
                ("routes", ["id": .string(RandomText.uuid()), "service": ["id": .string(RandomText.uuid())]])
            ])
        }
        #expect(bad?.code == 4)
        #expect(try await fixture.names("routes") == ["r"])
        try await fixture.store.replaceAll([])
        #expect(try await fixture.names("routes").isEmpty)
        #expect(fixture.sink.state.withLock { $0.entities["routes \(route)"] } == nil)
        // A sink without room refuses, and the old configuration stays.
        try await fixture.store.replaceAll([("services", ["id": .string(service), "name": "s", "host": "h.test"])])
        fixture.sink.state.withLock { $0.failRebuild = true }
        #expect(await refusal { try await fixture.store.replaceAll([]) } != nil)
        #expect(try await fixture.names("services") == ["s"])
    }

    @Test("an export lists parents before their children")
    func export() async throws {
        let fixture = try await Fixture()
        let service = try await fixture.service("s")
        try await fixture.add("routes", ["name": "r", "service": ["id": .string(service)]])
        let seen = Collected()
        try await fixture.store.exportAll { entity, _ in seen.add(entity) }
        let order = seen.all.filter { $0 == "services" || $0 == "routes" }
        #expect(order == ["services", "routes"])
    }
}

final class Collected: @unchecked Sendable {  // filled by one reader, read afterwards
    private(set) var all: [String] = []
    func add(_ text: String) { all.append(text) }
}
