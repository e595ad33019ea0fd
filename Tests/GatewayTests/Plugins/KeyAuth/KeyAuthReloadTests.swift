import KongCore
import KongTesting
import Testing

@Suite("key-auth: changes take effect at once")
struct KeyAuthReloadTests {
    @Test("credential made, changed, moved with its consumer, deleted")
    func credential() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("key-auth")
            let (first, second) = (scene.id + "-k1", scene.id + "-k2")
            try scene.gateway.consumer(scene.id)
            #expect(try scene.get("/", key: first).status == 401)
            try scene.gateway.create("/consumers/\(scene.id)/key-auth", ["key": .string(first)])
            #expect(try scene.get("/", key: first).status == 200)
            try scene.gateway.configure("PATCH", "/key-auths/\(first)", ["key": .string(second)])
            #expect(try scene.get("/", key: first).status == 401)
            #expect(try scene.get("/", key: second).status == 200)
            try scene.gateway.configure("PATCH", "/consumers/\(scene.id)", ["username": .string(scene.id + "-renamed")])
            #expect(try scene.get("/", key: second).received("x-consumer-username") == [scene.id + "-renamed"])
            try scene.gateway.configure("DELETE", "/consumers/\(scene.id)-renamed")
            #expect(try scene.get("/", key: second).status == 401)
        }
    }

    @Test("plugin switched off, changed, deleted")
    func plugin() throws {
        try Shared.scene { scene throws in
            try scene.route()
            let id = try #require(try scene.plugin("key-auth")["id"]?.stringValue)
            #expect(try scene.get().status == 401)
            try scene.gateway.configure("PATCH", "/plugins/\(id)", ["enabled": false])
            #expect(try scene.get().status == 200)
            try scene.gateway.configure("PATCH", "/plugins/\(id)", ["enabled": true, "config": ["realm": "r"]])
            #expect(try scene.get().header("WWW-Authenticate") == "Key realm=\"r\"")
            try scene.gateway.configure("DELETE", "/plugins/\(id)")
            #expect(try scene.get().status == 200)
        }
    }

    @Test("a credential with a ttl ends by itself")
    func ttl() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("key-auth")
            try scene.gateway.consumer(scene.id)
            try scene.gateway.create("/consumers/\(scene.id)/key-auth", ["key": .string(scene.id), "ttl": 5])
            #expect(try scene.get("/", key: scene.id).status == 200)
            try eventually("the key expires") { try scene.get("/", key: scene.id).status == 401 }
            #expect(
                try scene.gateway.admin("GET", "/consumers/\(scene.id)/key-auth").json["data"]?.arrayValue?.isEmpty
                    == true)
        }
    }
}
