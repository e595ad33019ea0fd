import KongCore
import Testing

@testable import KongStore

@Suite("entities that expire")
struct ExpiryTests {
    @Test(
        "the answer holds the remaining seconds, the sink the absolute time, and expired rows are gone",
        arguments: Fixture.databases)
    func expiry(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let consumer = try await fixture.add("consumers", ["username": "c"])
        let owner: JSONValue = ["id": .string(consumer)]
        let created = try await fixture.store.insert(
            "keyauth_credentials", ["id": .string(RandomText.uuid()), "consumer": owner, "key": "k", "ttl": 100])
        let id = try #require(created["id"]?.stringValue)
        #expect(created["ttl"] == 100)
        let held = fixture.sink.state.withLock { $0.entities["keyauth_credentials \(id)"] }
        #expect(held?["ttl"]?.doubleValue == fixture.clock.now + 100)
        fixture.clock.advance(0.5)
        #expect(try await fixture.store.select("keyauth_credentials", id: id)?["ttl"] == 99)
        let patched = try await fixture.store.update("keyauth_credentials", id: id, ["tags": ["t"]])
        #expect(patched["ttl"] == 99)
        fixture.clock.advance(100)
        #expect(try await fixture.store.select("keyauth_credentials", id: id) == nil)
        #expect(try await fixture.store.page("keyauth_credentials").data.isEmpty)
        // Its key is free although the row is still there.
        try await fixture.add("keyauth_credentials", ["consumer": owner, "key": "k"])
        #expect(try await fixture.store.count("keyauth_credentials") == 1)
    }

    @Test("the clean-up deletes expired rows and tells the sink", arguments: Fixture.databases)
    func cleanUp(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let consumer = try await fixture.add("consumers", ["username": "c"])
        for number in 0..<3 {
            try await fixture.add(
                "keyauth_credentials",
                ["consumer": ["id": .string(consumer)], "key": .string("k\(number)"), "ttl": number == 0 ? 0 : 1000])
        }
        fixture.clock.advance(1001)
        _ = fixture.sink.take()
        #expect(try await fixture.store.removeExpired() == 2)
        #expect(fixture.sink.take() == ["keyauth_credentials:delete", "keyauth_credentials:delete"])
        #expect(try await fixture.store.count("keyauth_credentials") == 1)
        #expect(try await fixture.store.removeExpired() == 0)
    }

    @Test("a ttl out of range, or on an entity that lives for ever, is code 11", arguments: Fixture.databases)
    func refused(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        for ttl: JSONValue in [-1, 100_000_001, "x", 1.5] {
            let error = await refusal { try await fixture.add("keyauth_credentials", ["key": "k", "ttl": ttl]) }
            #expect(error?.message == "invalid option (ttl: must be an integer between 0 and 100000000)")
        }
        let error = await refusal { try await fixture.store.insert("services", [:], ttl: 5) }
        #expect(error?.message == "invalid option (ttl: cannot be used with 'services')")
    }
}
