import KongCore
import Testing

@Suite struct PluginEntityTests {
    @Test("an unknown plugin is refused")
    func unknown() {
        #expect(
            message("plugins", ["name": "nope"]) == "schema violation (name: plugin 'nope' not enabled; add it to the "
                + "'plugins' configuration property)")
    }

    @Test("a plugin that is only declared is refused, unless the request only validates")
    func unavailable() {
        #expect(
            message("plugins", ["name": "rate-limiting"])
                == "schema violation (name: plugin 'rate-limiting' is not available in this version)")
        #expect(message("plugins", ["name": "rate-limiting"], .validating) == nil)
    }

    @Test("config takes the plugin's defaults")
    func defaults() {
        let plugin = record("plugins", ["name": "key-auth"])
        #expect(plugin?["config"] == ["key_names": ["apikey"], "hide_credentials": false, "anonymous": .null])
        #expect(plugin?["protocols"] == ["grpc", "grpcs", "http", "https"])
    }

    @Test("a plugin without consumer scope refuses a consumer")
    func noConsumer() {
        let input: JSONObject = ["name": "key-auth", "consumer": ["id": "11111111-1111-4111-8111-111111111111"]]
        #expect(message("plugins", input) == "schema violation (consumer: value must be null)")
    }

    @Test("deprecated fields move to their new place and are echoed")
    func deprecated() throws {
        let input: JSONObject = ["name": "rate-limiting", "config": ["redis_host": "a.test", "limits": ["x": [:]]]]
        let stored = try #require(record("plugins", input, .validating))
        #expect(stored["config"]?["redis"] == ["host": "a.test", "port": 6379, "password": .null])
        #expect(stored["config"]?["limits"] == ["x": ["video": 7]])
        #expect(stored["config"]?["redis_host"] == nil)
        let shown = try #require(Entities.named("plugins")).output(stored, .fixture)
        #expect(shown["config"]?["redis_host"] == "a.test" && shown["config"]?["redis_port"] == 6379)
    }

    @Test("a deprecated field that contradicts the new one is refused")
    func mismatch() {
        let input: JSONObject = [
            "name": "rate-limiting", "config": ["redis_host": "a.test", "redis": ["host": "b.test"]],
        ]
        #expect(
            message("plugins", input, .validating) == "schema violation (redis_host: both deprecated and new field are "
                + "used but their values mismatch: redis_host = a.test vs redis.host = b.test)")
    }

    @Test("conditional checks reach into config")
    func conditional() {
        let input: JSONObject = ["name": "rate-limiting", "config": ["policy": "redis"]]
        #expect(
            message("plugins", input, .validating)
                == "2 schema violations (failed conditional validation given value of field 'config.policy'; "
                + "config.redis: {\n  host = \"required field missing\"\n})")
    }

    @Test("PATCH merges records, replaces maps")
    func patch() throws {
        let stored = try #require(
            record(
                "plugins",
                ["name": "rate-limiting", "config": ["minute": 5, "redis": ["host": "a.test"], "limits": ["x": [:]]]],
                .validating))
        let changed = try #require(
            record(
                "plugins", ["config": ["redis": ["port": 1], "limits": ["y": ["video": 1]]]], stored: stored,
                .validating))
        #expect(changed["config"]?["redis"] == ["host": "a.test", "port": 1, "password": .null])
        #expect(changed["config"]?["minute"] == 5)
        #expect(changed["config"]?["limits"] == ["y": ["video": 1]])
    }

    @Test("a reference passes unchecked where it may stand")
    func references() {
        let config: JSONValue = ["redis": ["password": "{vault://env/x}", "host": "{vault://env/x}"]]
        #expect(
            message("plugins", ["name": "rate-limiting", "config": config], .validating)
                == "schema violation (config.redis: {\n  host = \"invalid value: {vault://env/x}\"\n})")
    }

    @Test("a slip of the finger is pointed out, other unknown fields keep the plain text")
    func suggestions() {
        #expect(
            message("plugins", ["name": "key-auth", "config": ["key_name": [], "bogus": 1]])
                == "2 schema violations (config.bogus: unknown field; "
                + "config.key_name: unknown field (did you mean 'key_names'?))")
    }
}
