import KongCore
import KongTesting
import Testing

@Suite("Routing by expressions")
struct ExpressionTests {
    private static let settings = ["router_flavor": "expressions", "trusted_ips": "127.0.0.1"]

    /// A service whose path is the route's name, and the route.
    private func add(_ scene: Scene, _ name: String, _ fields: JSONObject) throws {
        try scene.route(
            fields.merging(["hosts": .null]) { $1 }, service: ["path": .string("/" + name)], named: "-" + name)
    }

    private func add(_ scene: Scene, _ name: String, _ expression: String, priority: Int = 0) throws {
        try add(scene, name, ["expression": .string(expression), "priority": .integer(Int64(priority))])
    }

    @Test("fields of the request, priorities, classic routes below")
    func matching() throws {
        try withGateway(settings: Self.settings) { gateway, upstream in
            let scene = gateway.scene(upstream)
            try add(scene, "low", "http.path ^= \"/a\"")
            try add(scene, "high", "http.path ^= \"/a/b\"", priority: 9)
            try add(scene, "header", "any(http.headers.x_kind) == \"B\" && http.path ^= \"/a\"", priority: 20)
            try add(scene, "query", "http.queries.q == \"a b\" && http.path ^= \"/a\"", priority: 30)
            try add(scene, "post", "http.method == \"POST\" && http.path == \"/a\"", priority: 40)
            try add(scene, "segments", "http.path.segments.1_2 == \"x/y\" && http.path.segments.len == 3")
            try add(scene, "pattern", ##"http.path ~ r#"^/n/\d+"#"##)
            try add(scene, "classic", ["paths": ["/a/b/c", "/only"]])
            #expect(try scene.get("/a/x").receivedTarget == "/low/x")
            #expect(try scene.get("/a/b/c").receivedTarget == "/high/c")
            #expect(try scene.get("/only/x").receivedTarget == "/classic/x")
            #expect(
                try scene.get("/a", [HeaderLine("X-Kind", "A"), HeaderLine("X-Kind", "B")]).receivedTarget == "/header")
            #expect(try scene.get("/a?z&q=a+b").receivedTarget == "/query?z&q=a+b")
            #expect(try scene.get("/a", method: "POST", body: "").receivedTarget == "/post")
            #expect(try scene.get("/0/x/y/").receivedTarget == "/segments/0/x/y/")
            #expect(try scene.get("/n/17/z").receivedTarget == "/pattern/z")
            #expect(try scene.get("/n/z").status == 404)
        }
    }

    @Test("addresses and ports of both ends, after realip")
    func addresses() throws {
        try withGateway(settings: Self.settings.merging(["real_ip_header": "X-Real-IP"]) { $1 }) { gateway, upstream in
            let scene = gateway.scene(upstream)
            try add(scene, "inside", "net.src.ip in 10.0.0.0/8")
            try add(scene, "local", "net.src.ip == 127.0.0.1 && net.dst.ip == 127.0.0.1 && net.src.port > 0")
            try add(scene, "six", "net.src.ip in fd00::/8")
            try add(scene, "port", "net.dst.port == 4444", priority: 5)
            #expect(try scene.get("/").receivedTarget == "/local")
            #expect(try scene.get("/", [HeaderLine("X-Real-IP", "10.9.8.7")]).receivedTarget == "/inside")
            #expect(try scene.get("/", [HeaderLine("X-Real-IP", "fd00::5")]).receivedTarget == "/six")
            #expect(try scene.get("/", [HeaderLine("X-Real-IP", "11.9.8.7")]).status == 404)
            #expect(try scene.get("/", host: "h.test:4444").receivedTarget == "/port")
        }
    }

    @Test("a change is in force in every worker with the answer")
    func changes() throws {
        try withGateway(workers: 3, settings: Self.settings) { gateway, upstream in
            let scene = gateway.scene(upstream)
            let route = try scene.route(
                ["expression": "http.path ^= \"/v0\"", "hosts": .null], service: ["path": "/s"])
            let id = route["id"]?.stringValue ?? ""
            let workers = try gateway.connectionToEachWorker()
            #expect(workers.count == 3)
            for version in 1...5 {
                _ = try gateway.configure(
                    "PATCH", "/routes/\(id)", ["expression": .string("http.path ^= \"/v\(version)\"")])
                for connection in workers.values {
                    let get = { (path: String) in
                        try Request("GET", path).send(on: connection, port: gateway.proxyPort).status
                    }
                    #expect(try get("/v\(version)/x") == 200)
                    #expect(try get("/v\(version - 1)/x") == 404)
                }
            }
            _ = try gateway.admin("DELETE", "/routes/\(id)")
            for connection in workers.values {
                let request = Request("GET", "/v5")
                #expect(try request.send(on: connection, port: gateway.proxyPort).status == 404)
            }
        }
    }

    @Test("a faulty expression is refused, and the route stays as it was")
    func refusals() throws {
        try withGateway(settings: Self.settings) { gateway, upstream in
            let scene = gateway.scene(upstream)
            let route = try scene.route(["expression": "http.path == \"/\"", "hosts": .null])
            let id = route["id"]?.stringValue ?? ""
            let prefix = "schema violation (Router Expression failed validation: "
            for (expression, message) in [
                ("net.foo == 1", "Unknown LHS field"),
                ("http.path == ", " --> 1:14\n  |\n1 | http.path == \n  |              ^---\n  |\n  = expected rhs"),
                ("http.path.segments.2_1 == \"a\"", "illformed http.path.segments.* field"),
            ] {
                let answer = try gateway.admin("PATCH", "/routes/\(id)", ["expression": .string(expression)])
                #expect(answer.status == 400)
                #expect(answer.json["message"]?.stringValue == prefix + message + ")")
            }
            #expect(try scene.get("/").status == 200)
        }
    }

    @Test("a declarative file with a faulty expression changes nothing")
    func declarative() throws {
        try withGateway(settings: Self.settings.merging(["database": "off"]) { $1 }) { gateway, upstream in
            let scene = gateway.scene(upstream)
            func load(_ expression: String) throws -> Response {
                try gateway.admin(
                    "POST", "/config?flatten_errors=1",
                    [
                        "_format_version": "3.0",
                        "services": [
                            [
                                "name": "s", "url": .string("http://127.0.0.1:\(upstream.port)"),
                                "routes": [["name": "r", "expression": .string(expression)]],
                            ]
                        ],
                    ])
            }
            #expect(try load("http.path ^= \"/good\"").status == 201)
            #expect(try scene.get("/good").status == 200)
            let refused = try load("http.path ^= 1")
            #expect(refused.status == 400)
            let error = refused.json["flattened_errors"]?.arrayValue?.first
            #expect(error?.objectValue?["entity_name"] == "r")
            #expect(
                error?.objectValue?["errors"]?.arrayValue?.first?.objectValue?["message"]
                    == "Router Expression failed validation: Type mismatch between the LHS and RHS values of predicate")
            #expect(try scene.get("/good").status == 200)
        }
    }

    @Test("expressions outlive restarts, also under another flavour, where they are left out")
    func restarts() throws {
        let allowed = ["is left out"]
        try withGateway(settings: Self.settings, workersChanged: true, allowing: allowed) { gateway, upstream in
            let scene = gateway.scene(upstream)
            try add(scene, "kept", "http.path ^= \"/kept\"", priority: 7)
            try gateway.kong(["stop"])
            try gateway.start(extra: ["KONG_ROUTER_FLAVOR": "traditional_compatible"])
            #expect(try scene.get("/kept").status == 404)
            let shown = try gateway.admin("GET", "/routes/own-kept").json
            #expect(shown["expression"] == nil)
            #expect(try gateway.admin("PATCH", "/routes/own-kept", ["strip_path": false]).status == 400)
            #expect(try gateway.admin("PATCH", "/routes/own-kept", ["hosts": ["other.test"]]).status == 200)
            #expect(try scene.get("/kept", host: "other.test").status == 404)
            try gateway.kong(["stop"])
            try gateway.start()
            let back = try gateway.admin("GET", "/routes/own-kept").json
            #expect(back["expression"] == "http.path ^= \"/kept\"")
            #expect(back["priority"] == 7)
            #expect(try scene.get("/kept/x").receivedTarget == "/kept/x")
        }
    }
}
