import KongCore
import KongTesting
import Testing

@Suite("acl")
struct AclTests {
    /// key-auth and acl on a route; ann is gold, bob is silver and bronze, cid is in no group.
    private func protected(_ config: JSONObject, keyAuth: JSONObject = [:], _ body: (Scene) throws -> Void) throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.consumer("-ann", groups: ["gold"])
            try scene.consumer("-bob", groups: ["silver", "bronze"])
            try scene.consumer("-cid")
            var keyAuth = keyAuth
            if keyAuth["anonymous"] != nil { keyAuth["anonymous"] = .string(scene.id + "-any") }
            try scene.plugin("key-auth", keyAuth)
            try scene.plugin("acl", config)
            try body(scene)
        }
    }

    private func expectForbidden(_ response: Response) {
        #expect(response.status == 403)
        #expect(response.json["message"] == "You cannot consume this service")
        #expect(response.json["request_id"]?.stringValue == response.header("X-Kong-Request-Id"))
    }

    @Test("allow: a member passes and the groups are told upstream, others get 403")
    func allow() throws {
        try protected(["allow": ["gold", "platinum"]]) { scene throws in
            let ann = try scene.get(
                "/", [HeaderLine("apikey", scene.id + "-ann"), HeaderLine("X-Consumer-Groups", "evil")])
            #expect(ann.status == 200)
            #expect(ann.received("x-consumer-groups") == ["gold"])
            expectForbidden(try scene.get("/", key: scene.id + "-bob"))
            expectForbidden(try scene.get("/", key: scene.id + "-cid"))
            #expect(try scene.get().status == 401)
        }
    }

    @Test("deny: a member gets 403, others pass with all their groups")
    func deny() throws {
        try protected(["deny": ["gold"]]) { scene throws in
            expectForbidden(try scene.get("/", key: scene.id + "-ann"))
            let bob = try scene.get("/", key: scene.id + "-bob")
            #expect(bob.status == 200)
            let groups = bob.received("x-consumer-groups").first?.components(separatedBy: ", ") ?? []
            #expect(Set(groups) == ["silver", "bronze"] && groups.count == 2)
        }
    }

    @Test("hide_groups_header: the upstream is not told")
    func hidden() throws {
        try protected(["allow": ["gold"], "hide_groups_header": true]) { scene throws in
            let seen = try scene.get("/", key: scene.id + "-ann")
            #expect(seen.status == 200)
            #expect(seen.received("x-consumer-groups") == [])
        }
    }

    @Test("nobody authenticated: 401")
    func noIdentity() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("acl", ["allow": ["gold"]])
            let response = try scene.get()
            #expect(response.status == 401)
            #expect(response.json["message"] == "Unauthorized")
        }
    }

    @Test("an anonymous consumer without groups under allow: 401; with the group it passes")
    func anonymous() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.gateway.consumer(scene.id + "-any")
            try scene.plugin("key-auth", ["anonymous": .string(scene.id + "-any")])
            try scene.plugin("acl", ["allow": ["gold"]])
            #expect(try scene.get().status == 401)
            try scene.gateway.create("/consumers/\(scene.id)-any/acls", ["group": "gold"])
            #expect(try scene.get().status == 200)
        }
    }

    @Test("groups change: the next request knows")
    func changes() throws {
        try protected(["allow": ["gold"]]) { scene throws in
            let bob = "/consumers/\(scene.id)-bob/acls"
            expectForbidden(try scene.get("/", key: scene.id + "-bob"))
            try scene.gateway.create(bob, ["group": "gold"])
            #expect(try scene.get("/", key: scene.id + "-bob").status == 200)
            try scene.gateway.configure("DELETE", bob + "/gold")
            expectForbidden(try scene.get("/", key: scene.id + "-bob"))
            let plugins = try scene.gateway.configure("GET", "/routes/\(scene.id)/plugins")["data"]?.arrayValue ?? []
            let acl = try #require(plugins.first { $0["name"] == "acl" }?["id"]?.stringValue)
            try scene.gateway.configure("PATCH", "/plugins/\(acl)", ["config": ["allow": ["silver"]]])
            #expect(try scene.get("/", key: scene.id + "-bob").status == 200)
            expectForbidden(try scene.get("/", key: scene.id + "-ann"))
        }
    }

    @Test("always_use_authenticated_groups without such groups: the consumer's groups are used")
    func authenticatedGroups() throws {
        try protected(["allow": ["gold"], "always_use_authenticated_groups": true]) { scene throws in
            #expect(try scene.get("/", key: scene.id + "-ann").status == 200)
            expectForbidden(try scene.get("/", key: scene.id + "-bob"))
        }
    }

    @Test(
        "neither allow nor deny, or both: refused", arguments: [[:], ["allow": ["a"], "deny": ["b"]]] as [JSONObject])
    func badConfig(config: JSONObject) throws {
        try Shared.scene { scene throws in
            try scene.route()
            let response = try scene.gateway.admin(
                "POST", "/routes/\(scene.id)/plugins", ["name": "acl", "config": .object(config)])
            #expect(response.status == 400)
            #expect(response.json["name"] == "schema violation")
        }
    }

    @Test("a group twice for one consumer: refused")
    func twice() throws {
        try Shared.scene { scene throws in
            try scene.consumer("-ann", groups: ["gold"])
            #expect(try scene.gateway.admin("POST", "/consumers/\(scene.id)-ann/acls", ["group": "gold"]).status == 409)
        }
    }
}
