import KongCore
import Testing

@testable import KongStore

@Suite("certificates and their names")
struct NamesTests {
    @Test("the list makes, keeps and removes snis, and is returned sorted", arguments: Fixture.databases)
    func list(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let id = RandomText.uuid()
        let created = try await fixture.store.insert(
            "certificates", ["id": .string(id), "cert": "c", "key": "k", "snis": ["b.test", "a.test"]])
        #expect(created["snis"] == ["a.test", "b.test"])
        #expect(fixture.sink.take() == ["certificates:upsert", "snis:upsert", "snis:upsert"])
        let patched = try await fixture.store.update("certificates", id: id, ["cert": "d"])
        #expect(patched["snis"] == ["a.test", "b.test"])
        let moved = try await fixture.store.update("certificates", id: id, ["snis": ["b.test", "c.test"]])
        #expect(moved["snis"] == ["b.test", "c.test"])
        #expect(try await fixture.names("snis") == ["b.test", "c.test"])
        let replaced = try await fixture.store.upsert("certificates", key: .id(id), ["cert": "e", "key": "k"])
        #expect(replaced["snis"] == [])
        #expect(try await fixture.store.page("certificates").data.first?["snis"] == [])
    }

    @Test(
        "a name given twice or owned by another certificate is refused on the field snis", arguments: Fixture.databases)
    func conflicts(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let owner = try await fixture.add("certificates", ["cert": "c", "key": "k", "snis": ["a.test"]])
        let twice = await refusal {
            try await fixture.add("certificates", ["cert": "c", "key": "k", "snis": ["x.test", "x.test"]])
        }
        #expect(twice?.message == "schema violation (snis: x.test is duplicated)")
        let taken = await refusal {
            try await fixture.add("certificates", ["cert": "c", "key": "k", "snis": ["a.test"]])
        }
        #expect(
            taken?.message
                == "schema violation (snis: a.test already associated with existing certificate '\(owner)')")
        #expect(try await fixture.store.page("certificates").data.count == 1)
        #expect(try await fixture.store.certificate(named: "a.test")?["id"] == .string(owner))
    }

    @Test("deleting a certificate deletes its names", arguments: Fixture.databases)
    func delete(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let id = try await fixture.add("certificates", ["cert": "c", "key": "k", "snis": ["a.test"]])
        #expect(try await fixture.store.delete("certificates", id: id))
        #expect(try await fixture.names("snis") == [])
    }
}
