import KongCore
import KongTesting
import Testing

@Suite("Plugin scopes and precedence")
struct ScopesTests {
    @Test("route beats service beats global; a disabled one makes way; each change counts at once")
    func precedence() throws {
        try withGateway { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            let realm = { try scene.get().header("WWW-Authenticate") }
            let add = { (parent: String, realm: String) in
                try gateway.plugin("key-auth", on: parent, ["realm": .string(realm)])["id"]?.stringValue ?? ""
            }
            #expect(try realm() == nil)
            _ = try add("", "global")
            #expect(try realm() == "Key realm=\"global\"")
            let service = try add("/services/own", "service")
            #expect(try realm() == "Key realm=\"service\"")
            let route = try add("/routes/own", "route")
            #expect(try realm() == "Key realm=\"route\"")
            try gateway.configure("PATCH", "/plugins/\(route)", ["enabled": false])
            #expect(try realm() == "Key realm=\"service\"")
            try gateway.configure("DELETE", "/plugins/\(service)")
            #expect(try realm() == "Key realm=\"global\"")
            let both = try gateway.create(
                "/plugins",
                [
                    "name": "key-auth", "config": ["realm": "both"],
                    "service": ["id": gateway.configure("GET", "/services/own")["id"] ?? nil],
                    "route": ["id": gateway.configure("GET", "/routes/own")["id"] ?? nil],
                ])
            #expect(try realm() == "Key realm=\"both\"")
            try gateway.configure("PATCH", "/plugins/\(route)", ["enabled": true])
            #expect(try realm() == "Key realm=\"both\"")
            try gateway.configure("DELETE", "/plugins/\(both["id"]?.stringValue ?? "")")
            #expect(try realm() == "Key realm=\"route\"")
        }
    }

    @Test("a global plugin leaves the 404 alone, and a global acl runs after a route's key-auth")
    func global() throws {
        try withGateway { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            try scene.plugin("key-auth")
            try scene.consumer("-ann", groups: ["gold"])
            try scene.consumer("-bob", groups: ["silver"])
            try gateway.plugin("acl", ["allow": ["gold"]])
            #expect(try scene.get("/", host: "nobody.test").status == 404)
            #expect(try scene.get().json["message"] == "No API key found in request")
            #expect(try scene.get("/", key: "own-ann").status == 200)
            #expect(try scene.get("/", key: "own-bob").status == 403)
        }
    }

    @Test("one route's plugin does not touch its neighbour, under any number of requests on one connection")
    func neighbours() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/open"]])
            try scene.route(["paths": ["/closed"]], named: "-closed")
            try scene.plugin("key-auth", on: "-closed")
            try scene.consumer()
            let connection = try Connection(port: scene.gateway.proxyPort)
            for turn in 0..<30 {
                let headers =
                    [HeaderLine("Host", scene.host)] + (turn % 3 == 2 ? [HeaderLine("apikey", scene.id + "-ann")] : [])
                let request = Request("GET", turn % 3 == 0 ? "/open" : "/closed", headers: headers)
                let response = try request.send(on: connection, port: scene.gateway.proxyPort)
                #expect(response.status == [200, 401, 200][turn % 3])
                #expect(response.received("x-consumer-username") == (turn % 3 == 2 ? [scene.id + "-ann"] : []))
            }
        }
    }

    @Test("an answer from a plugin still passes the gateway's header and log phases")
    func exitReachesLaterPhases() throws {
        try withGateway(settings: ["proxy_access_log": "logs/access.log"]) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            try scene.plugin("key-auth")
            let response = try scene.get("/refused-path")
            #expect(response.status == 401)
            #expect(response.header("X-Kong-Response-Latency") != nil)
            #expect(response.header("X-Kong-Request-Id") != nil)
            try eventually("the access log has it") {
                File.text(gateway.prefix + "/logs/access.log").contains("\"GET /refused-path HTTP/1.1\" 401")
            }
        }
    }

    @Test("a plugin that this product does not have yet is refused, so that nothing passes unprotected")
    func unavailable() throws {
        try Shared.scene { scene throws in
            try scene.route()
            for name in ["no-such-plugin", "ldap-auth"] {
                let response = try scene.gateway.admin("POST", "/routes/\(scene.id)/plugins", ["name": .string(name)])
                #expect(response.status == 400, "\(name): \(response)")
            }
        }
    }
}
