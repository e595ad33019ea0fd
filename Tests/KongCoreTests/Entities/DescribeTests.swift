import KongCore
import Testing

@Suite struct DescribeTests {
    private func field(_ entity: String, _ name: String, flavor: String = "traditional") -> JSONValue? {
        let schema = Entities.named(entity)?.flavored(flavor)
        return schema?.describe()["fields"]?.arrayValue?.compactMap { $0[name] }.first
    }

    @Test("attributes carry Kong's names")
    func attributes() {
        #expect(
            field("targets", "weight")
                == [
                    "type": "integer", "default": 100, "between": [0, 65535],
                    "description": "Its share of the requests; 0 takes it out.",
                ])
        #expect(
            field("plugins", "route")
                == [
                    "type": "foreign", "reference": "routes", "default": .null, "on_delete": "cascade",
                    "description": "Only for this route.",
                ])
        #expect(field("jwt_secrets", "rsa_public_key") == ["type": "string"])
        #expect(field("upstreams", "healthchecks")?["default"]?["active"]?["healthy"]?["http_statuses"] == [200, 302])
    }

    @Test("expressions add two fields to routes")
    func flavors() {
        #expect(field("routes", "expression") == nil)
        #expect(field("routes", "priority", flavor: "expressions")?["default"] == 0)
    }

    @Test("entity checks are listed")
    func checks() {
        #expect(
            Entities.named("consumers")?.describe()["entity_checks"] == [
                ["at_least_one_of": ["custom_id", "username"]]
            ])
        #expect(Entities.named("key_sets")?.describe()["entity_checks"] == [])
    }

    @Test("entities come after those they refer to")
    func order() {
        var seen: Set<String> = []
        for entity in Entities.all {
            for (_, reference) in entity.foreignFields { #expect(seen.contains(reference), "\(entity.name)") }
            seen.insert(entity.name)
        }
    }
}
