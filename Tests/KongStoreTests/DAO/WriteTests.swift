import KongCore
import Testing

@testable import KongStore

@Suite("writing entities")
struct WriteTests {
    @Test("an inserted entity is read back field by field, absent fields as null", arguments: Fixture.databases)
    func insert(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let id = try await fixture.service("a", ["port": 80, "enabled": true, "tags": ["x", "y"]])
        let stored = try #require(try await fixture.store.select("services", id: id))
        #expect(stored["name"] == "a")
        #expect(stored["port"] == 80)
        #expect(stored["enabled"] == true)
        #expect(stored["tags"] == ["x", "y"])
        #expect(stored["client_certificate"] == .null)
        let byName = try await fixture.store.select("services", where: "name", equals: "a")
        #expect(byName == stored)
        #expect(fixture.sink.take() == ["services:upsert"])
    }

    @Test("a parent sent whole is kept and answered as its key", arguments: Fixture.databases)
    func wholeParent(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let id = try await fixture.service("a")
        let whole = JSONValue.object(try #require(try await fixture.store.select("services", id: id)))
        let key: JSONValue = ["id": .string(id)]
        let sent: JSONObject = ["name": "r", "paths": ["/"], "service": whole]
        let route = try await fixture.store.insert("routes", sent)
        #expect(route["service"] == key)
        let updated = try await fixture.store.update("routes", key: .field("name", "r"), ["service": whole])
        #expect(updated["service"] == key)
    }

    @Test("a taken id is code 3, a taken name code 5 with Kong's texts", arguments: Fixture.databases)
    func unique(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let id = try await fixture.service("a")
        let sameID = await refusal {
            try await fixture.add("services", ["id": .string(id), "name": "b", "host": "h.test"])
        }
        #expect(sameID?.code == 3)
        #expect(sameID?.message == "primary key violation on key '{id=\"\(id)\"}'")
        let sameName = await refusal { try await fixture.service("a") }
        #expect(sameName?.code == 5)
        #expect(sameName?.message == "UNIQUE violation detected on '{name=\"a\"}'")
        #expect(sameName?.fields == ["name": "a"])
        _ = try await fixture.service("c")
        let renamed = await refusal {
            try await fixture.store.update("services", key: .field("name", "c"), ["name": "a"])
        }
        #expect(renamed?.code == 5)
        // A refused write leaves nothing, not even in the sink.
        #expect(fixture.sink.take().count == 2)
    }

    @Test("fields unique together are code 5 and printed as a Lua table", arguments: Fixture.databases)
    func compositeUnique(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        try await fixture.add("plugins", ["name": "key-auth"])
        let again = await refusal { try await fixture.add("plugins", ["name": "key-auth"]) }
        #expect(again?.code == 5)
        #expect(
            again?.message
                == "UNIQUE violation detected on '{consumer=null,name=\"key-auth\",route=null,service=null}'")
        #expect(again?.fields == ["consumer": nil, "name": "key-auth", "route": nil, "service": nil])
        let upstream = try await fixture.add("upstreams", ["name": "u"])
        let target: JSONObject = ["upstream": ["id": .string(upstream)], "target": "a.test:80"]
        try await fixture.add("targets", target)
        let twice = await refusal { try await fixture.add("targets", target) }
        #expect(
            twice?.message
                == "UNIQUE violation detected on '{target=\"a.test:80\",upstream={id=\"\(upstream)\"}}'")
    }

    @Test("a reference to nothing is code 4, by an unknown name code 13", arguments: Fixture.databases)
    func references(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let nothing = RandomText.uuid()
        let byID = await refusal {
            try await fixture.add("routes", ["name": "r", "service": ["id": .string(nothing)]])
        }
        #expect(byID?.code == 4)
        #expect(
            byID?.message
                == "the foreign key '{id=\"\(nothing)\"}' does not reference an existing 'services' entity.")
        #expect(byID?.fields == ["service": ["id": .string(nothing)]])
        let byName = await refusal { try await fixture.add("routes", ["service": ["name": "zzz"]]) }
        #expect(byName?.code == 13)
        #expect(
            byName?.message == "foreign key unresolved (service.name: the foreign key cannot be resolved with"
                + " '{name=\"zzz\"}' for an existing 'services' entity)")
        let id = try await fixture.service("s")
        let route = try await fixture.add("routes", ["name": "r", "service": ["name": "s"]])
        #expect(try await fixture.store.select("routes", id: route)?["service"] == ["id": .string(id)])
    }

    @Test("update merges, keeps the id, and is code 6 where there is nothing", arguments: Fixture.databases)
    func update(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let id = try await fixture.service("a", ["port": 80])
        let updated = try await fixture.store.update("services", key: .field("name", "a"), ["port": 81])
        #expect(updated["id"] == .string(id))
        #expect(updated["name"] == "a")
        #expect(updated["port"] == 81)
        let none = await refusal { try await fixture.store.update("services", key: .field("name", "none"), [:]) }
        #expect(none?.code == 6)
        #expect(none?.message == "could not find the entity with '{name=\"none\"}'")
        #expect(none?.fields == ["name": "none"])
        let other = RandomText.uuid()
        let byID = await refusal { try await fixture.store.update("services", id: other, [:]) }
        #expect(byID?.message == "could not find the entity with primary key '{id=\"\(other)\"}'")
    }

    @Test(
        "upsert creates with the given id, replaces as a whole, and keeps the id of a row found by name",
        arguments: Fixture.databases)
    func upsert(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let id = RandomText.uuid()
        try await fixture.store.upsert("services", key: .id(id), ["name": "a", "host": "x.test", "port": 80])
        let replaced = try await fixture.store.upsert("services", key: .id(id), ["id": "other", "host": "y.test"])
        #expect(replaced["id"] == .string(id))
        #expect(replaced["host"] == "y.test")
        #expect(try await fixture.store.select("services", where: "name", equals: "a") == nil)
        let named = RandomText.uuid()
        let created = try await fixture.store.upsert(
            "services", key: .field("name", "n"), ["id": .string(named), "name": "ignored", "host": "z.test"])
        #expect(created["id"] == .string(named))
        #expect(created["name"] == "n")
        let again = try await fixture.store.upsert(
            "services", key: .field("name", "n"), ["id": .string(RandomText.uuid()), "host": "w.test"])
        #expect(again["id"] == .string(named))
    }

    @Test(
        "deleting a referenced service is code 4; a consumer takes credentials, groups and plugins along",
        arguments: Fixture.databases)
    func delete(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let service = try await fixture.service("s")
        let route = try await fixture.add("routes", ["name": "r", "service": ["id": .string(service)]])
        try await fixture.add("plugins", ["name": "key-auth", "route": ["id": .string(route)]])
        let refused = await refusal { try await fixture.store.delete("services", id: service) }
        #expect(refused?.code == 4)
        #expect(refused?.message == "an existing 'routes' entity references this 'services' entity")
        #expect(refused?.fields == ["@referenced_by": "routes"])
        _ = fixture.sink.take()
        #expect(try await fixture.store.delete("routes", key: .field("name", "r")))
        #expect(fixture.sink.take() == ["plugins:delete", "routes:delete"])
        #expect(try await fixture.store.delete("services", id: service))
        #expect(try await fixture.store.delete("services", id: service) == false)

        let consumer = try await fixture.add("consumers", ["username": "bob"])
        let owner: JSONValue = ["id": .string(consumer)]
        try await fixture.add("keyauth_credentials", ["consumer": owner, "key": "k"])
        try await fixture.add("acls", ["consumer": owner, "group": "g"])
        try await fixture.add("plugins", ["name": "cors", "consumer": owner])
        _ = fixture.sink.take()
        #expect(try await fixture.store.delete("consumers", key: .field("username", "bob")))
        let gone = fixture.sink.take()
        #expect(Set(gone) == ["plugins:delete", "keyauth_credentials:delete", "acls:delete", "consumers:delete"])
        #expect(gone.last == "consumers:delete")
        #expect(fixture.sink.state.withLock { $0.entities }.keys.allSatisfy { !$0.contains(consumer) })
    }

    @Test("a reference that is nulled on delete is a change of the referring entity")
    func setNull() async throws {
        let fixture = try await Fixture(layout: TestEntities.layout)
        let certificate = try await fixture.add("certificates", ["cert": "c"])
        let upstream = try await fixture.add(
            "upstreams", ["name": "u", "client_certificate": ["id": .string(certificate)]])
        _ = fixture.sink.take()
        try await fixture.store.delete("certificates", id: certificate)
        #expect(fixture.sink.take() == ["upstreams:upsert", "certificates:delete"])
        #expect(try await fixture.store.select("upstreams", id: upstream)?["client_certificate"] == .null)
    }

    @Test("a CA certificate that a service lists cannot go: code 19", arguments: Fixture.databases)
    func caCertificateInUse(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let ca = try await fixture.add("ca_certificates", ["cert": "c", "cert_digest": "d"])
        let service = try await fixture.service(
            "s", ["ca_certificates": [.string(ca)], "protocol": "https"])
        let refused = await refusal { try await fixture.store.delete("ca_certificates", id: ca) }
        #expect(refused?.code == 19)
        #expect(
            refused?.message == "ca certificate \(ca) is still referenced by services (id = \(service))")
        try await fixture.store.delete("services", id: service)
        #expect(try await fixture.store.delete("ca_certificates", id: ca))
    }

    @Test(
        "a plugin's protocols must meet those of its route or of one route of its service", arguments: Fixture.databases
    )
    func pluginProtocols(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let service = try await fixture.service("s")
        let route = try await fixture.add(
            "routes",
            [
                "service": ["id": .string(service)], "protocols": ["tcp"], "name": "r", "paths": .null,
                "sources": [["ip": "10.0.0.1"]],
            ])
        let onRoute = await refusal {
            try await fixture.add(
                "plugins", ["name": "key-auth", "route": ["id": .string(route)], "protocols": ["http"]])
        }
        #expect(onRoute?.message == "schema violation (protocols: must match the associated route's protocols)")
        let onService = await refusal {
            try await fixture.add(
                "plugins", ["name": "key-auth", "service": ["id": .string(service)], "protocols": ["http"]])
        }
        #expect(
            onService?.message == "schema violation (protocols: must match the protocols of at least one route"
                + " pointing to this Plugin's service)")
        try await fixture.add(
            "plugins", ["name": "key-auth", "service": ["id": .string(service)], "protocols": ["http", "tcp"]])
    }
}
