import KongCore
import KongTesting
import Testing

@Suite("The Admin API over a real gateway")
struct EndToEndTests {
    @Test("GET / tells the version, the plugins that work, and no secret")
    func root() throws {
        try Shared.scene { scene throws in
            let node = try scene.gateway.configure("GET", "/")
            #expect(node["version"]?.stringValue == KongVersion.string)
            #expect(node["plugins"]?["available_on_server"]?["key-auth"] != nil)
            #expect(node["plugins"]?["available_on_server"]?["acl"] != nil)
            #expect(node["configuration"]?["database"] == "sqlite")
            #expect(node["configuration"]?["router_flavor"] == "traditional_compatible")
        }
    }

    @Test("flat and nested, by id and by name, for every entity of the way from client to upstream")
    func nesting() throws {
        try Shared.scene { scene throws in
            let (gateway, id) = (scene.gateway, scene.id)
            let route = try scene.route()
            try scene.plugin("key-auth")
            try scene.consumer("-ann", groups: ["gold"])
            let routeID = try #require(route["id"]?.stringValue)
            for target in [
                "/routes/\(routeID)", "/routes/\(id)", "/services/\(id)/routes/\(id)",
                "/services/\(id)/routes/\(routeID)",
            ] {
                #expect(try gateway.configure("GET", target)["id"]?.stringValue == routeID, "\(target)")
            }
            #expect(try gateway.configure("GET", "/routes/\(id)/service")["name"]?.stringValue == id)
            #expect(try gateway.configure("GET", "/routes/\(id)/plugins")["data"]?.arrayValue?.count == 1)
            #expect(
                try gateway.configure("GET", "/consumers/\(id)-ann/key-auth/\(id)-ann")["key"]?.stringValue == id
                    + "-ann")
            #expect(
                try gateway.configure("GET", "/key-auths/\(id)-ann/consumer")["username"]?.stringValue == id + "-ann")
            #expect(try gateway.configure("GET", "/consumers/\(id)-ann/acls/gold")["group"] == "gold")
            #expect(try gateway.admin("DELETE", "/services/\(id)").status == 400)
            #expect(try gateway.admin("DELETE", "/routes/\(id)").status == 204)
            #expect(try gateway.admin("DELETE", "/services/\(id)").status == 204)
            #expect(try gateway.admin("GET", "/services/\(id)").status == 404)
        }
    }

    @Test("PUT by name makes and replaces; PATCH merges; both count at once")
    func putAndPatch() throws {
        try Shared.scene { scene throws in
            let (gateway, id) = (scene.gateway, scene.id)
            try gateway.configure("PUT", "/services/\(id)", ["url": .string(scene.upstream.url + "/one")])
            try gateway.configure("PUT", "/services/\(id)/routes/\(id)", ["hosts": [.string(scene.host)]])
            #expect(try scene.get("/x").receivedTarget == "/one/x")
            try gateway.configure("PATCH", "/services/\(id)", ["path": "/two"])
            #expect(try scene.get("/x").receivedTarget == "/two/x")
            try gateway.configure("PUT", "/services/\(id)", ["url": .string(scene.upstream.url)])
            #expect(try scene.get("/x").receivedTarget == "/x")
            try gateway.configure("PATCH", "/routes/\(id)", ["preserve_host": true])
            #expect(try scene.get("/x").received("host") == [scene.host])
        }
    }

    @Test("paging walks through everything once")
    func paging() throws {
        try Shared.scene { scene throws in
            try scene.route()
            for n in 0..<23 {
                try scene.gateway.create(
                    "/services/\(scene.id)/routes", ["paths": [.string("/\(n)")], "hosts": ["p.test"]])
            }
            var seen: [String] = []
            var next: String? = "/services/\(scene.id)/routes?size=5"
            while let target = next {
                let page = try scene.gateway.configure("GET", target)
                seen += page["data"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
                next = page["next"]?.stringValue
            }
            #expect(seen.count == 24 && Set(seen).count == 24)
        }
    }

    @Test("/status tells nginx's connections; the workers' counters move")
    func status() throws {
        try Shared.scene { scene throws in
            let before = try scene.gateway.configure("GET", "/status")["server"]?["total_requests"]?.intValue ?? 0
            for _ in 0..<5 { _ = try scene.get() }
            let after = try scene.gateway.configure("GET", "/status")["server"]?["total_requests"]?.intValue ?? 0
            #expect(after >= before + 5)
        }
    }
}
