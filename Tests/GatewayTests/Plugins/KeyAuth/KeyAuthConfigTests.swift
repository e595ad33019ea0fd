import KongCore
import KongTesting
import Testing

@Suite("key-auth: configuration")
struct KeyAuthConfigTests {
    @Test("defaults are Kong's")
    func defaults() throws {
        try Shared.scene { scene throws in
            try scene.route()
            let plugin = try scene.plugin("key-auth")
            let config = plugin["config"]?.objectValue ?? [:]
            let expected: JSONObject = [
                "key_names": ["apikey"], "hide_credentials": false, "key_in_header": true, "key_in_query": true,
                "key_in_body": false, "run_on_preflight": true, "anonymous": nil, "realm": nil,
            ]
            for (name, value) in expected { #expect(config[name] == value, "\(name)") }
        }
    }

    @Test(
        "wrong configurations are refused, the route stays open",
        arguments: [
            ["key_names": ["with space"]], ["key_in_body": "yes"], ["nonsense": true], ["realm": 7],
        ] as [JSONObject])
    func refused(config: JSONObject) throws {
        try Shared.scene { scene throws in
            try scene.route()
            let response = try scene.gateway.admin(
                "POST", "/routes/\(scene.id)/plugins", ["name": "key-auth", "config": .object(config)])
            #expect(response.status == 400)
            #expect(response.json["name"] == "schema violation")
            #expect(response.json["fields"]?["config"] != nil)
            #expect(try scene.get().status == 200)
        }
    }

    @Test("it cannot be tied to a consumer")
    func noConsumer() throws {
        try Shared.scene { scene throws in
            try scene.consumer()
            let response = try scene.gateway.admin("POST", "/consumers/\(scene.id)-ann/plugins", ["name": "key-auth"])
            #expect(response.status == 400)
        }
    }

    @Test("a credential without a key gets one of 32 characters, and it works")
    func generated() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("key-auth")
            try scene.gateway.consumer(scene.id)
            let key = try #require(try scene.gateway.create("/consumers/\(scene.id)/key-auth", [:])["key"]?.stringValue)
            #expect(key.count == 32)
            #expect(try scene.get("/", key: key).status == 200)
        }
    }

    @Test("a key is unique")
    func unique() throws {
        try Shared.scene { scene throws in
            try scene.consumer()
            try scene.gateway.consumer(scene.id + "-bob")
            let response = try scene.gateway.admin(
                "POST", "/consumers/\(scene.id)-bob/key-auth", ["key": .string(scene.id + "-ann")])
            #expect(response.status == 409)
        }
    }
}
