import KongCore
import KongTesting
import Testing

@Suite("cors")
struct CorsTests {
    private func with(_ config: JSONObject, _ body: (Scene) throws -> Void) throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("cors", config)
            try body(scene)
        }
    }

    private func preflight(_ scene: Scene, _ origin: String, _ more: [HeaderLine] = []) throws -> Response {
        try scene.get(
            "/", method: "OPTIONS",
            [HeaderLine("Origin", origin), HeaderLine("Access-Control-Request-Method", "PUT")] + more)
    }

    private func allowed(_ scene: Scene, _ origin: String) throws -> String? {
        try scene.get("/", [HeaderLine("Origin", origin)]).header("Access-Control-Allow-Origin")
    }

    @Test("no origins: everybody may read; a preflight is answered here")
    func defaults() throws {
        try with([:]) { scene throws in
            let answer = try preflight(scene, "https://a.test", [HeaderLine("Access-Control-Request-Headers", "x-a")])
            #expect(answer.status == 200)
            #expect(answer.body == [])
            #expect(answer.header("Access-Control-Allow-Origin") == "*")
            #expect(answer.header("Access-Control-Allow-Headers") == "x-a")
            #expect(
                answer.header("Access-Control-Allow-Methods") == "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT")
            #expect(answer.header("Vary") == nil)
            #expect(try scene.get().header("Access-Control-Allow-Origin") == "*")
            // Without an origin or a method it is an OPTIONS request like any other.
            let plain = try scene.get("/", method: "OPTIONS", [HeaderLine("Origin", "https://a.test")])
            #expect(plain.json["method"] == "OPTIONS")
        }
    }

    @Test("several origins: plain ones whole, expressions anchored, hosts alone without a colon")
    func origins() throws {
        let origins: JSONValue = [
            "https://a.test", "https://p.test:8443", "(.*[.])?sub[.]test", "https://x[0-9]+[.]test$",
        ]
        try with(["origins": origins]) { scene throws in
            for (origin, answer) in [
                ("https://a.test", "https://a.test"), ("https://a.test:443", "https://a.test"), ("http://a.test", nil),
                ("https://p.test:8443", "https://p.test:8443"), ("https://p.test", nil),
                ("http://sub.test", "http://sub.test"), ("https://deep.sub.test:81", "https://deep.sub.test:81"),
                ("https://evilsub.test", nil), ("https://sub.test.evil", nil), ("https://x12.test", "https://x12.test"),
                ("https://x12.test.evil", nil), ("null", nil), ("", nil),
            ] as [(String, String?)] {
                let seen = try scene.get("/", [HeaderLine("Origin", origin)])
                #expect(seen.header("Access-Control-Allow-Origin") == answer, "\(origin)")
                #expect(seen.header("Vary") == "Origin")
            }
            #expect(try scene.get().header("Access-Control-Allow-Origin") == nil)
        }
    }

    @Test("one plain origin is named whoever asks; one of several may be *")
    func one() throws {
        try with(["origins": ["https://a.test"]]) { scene throws in
            #expect(try allowed(scene, "https://b.test") == "https://a.test")
        }
        try with(["origins": ["https://a.test", "*"]]) { scene throws in
            #expect(try allowed(scene, "https://b.test") == "*")
        }
    }

    @Test("credentials: never with *")
    func credentials() throws {
        try with(["credentials": true]) { scene throws in
            let seen = try scene.get("/", [HeaderLine("Origin", "https://b.test")])
            #expect(seen.header("Access-Control-Allow-Origin") == "https://b.test")
            #expect(seen.header("Access-Control-Allow-Credentials") == "true")
            #expect(seen.header("Vary") == "Origin")
            #expect(try scene.get().header("Access-Control-Allow-Credentials") == nil)
        }
    }

    @Test("headers, methods, age and private network of a preflight")
    func details() throws {
        let config: JSONObject = [
            "origins": ["https://a.test"], "methods": ["GET", "POST"], "headers": ["X-One", "X-Two"],
            "exposed_headers": ["X-Out", "X-More"], "max_age": 23, "private_network": true,
        ]
        try with(config) { scene throws in
            let asks = [HeaderLine("Access-Control-Request-Private-Network", "true")]
            let answer = try preflight(scene, "https://b.test", asks)
            #expect(answer.header("Access-Control-Allow-Origin") == "https://a.test")
            #expect(answer.header("Access-Control-Allow-Methods") == "GET,POST")
            #expect(answer.header("Access-Control-Allow-Headers") == "X-One,X-Two")
            #expect(answer.header("Access-Control-Max-Age") == "23")
            #expect(answer.header("Access-Control-Allow-Private-Network") == "true")
            #expect(answer.header("Access-Control-Expose-Headers") == nil)
            #expect(try scene.get().header("Access-Control-Expose-Headers") == "X-Out,X-More")
        }
    }

    @Test("preflight_continue: the service answers, and nothing is added")
    func continues() throws {
        try with(["preflight_continue": true]) { scene throws in
            let answer = try preflight(scene, "https://a.test")
            #expect(answer.json["method"] == "OPTIONS")
            #expect(answer.header("Access-Control-Allow-Origin") == nil)
        }
    }

    @Test("errors carry the headers too; a preflight needs no key")
    func errors() throws {
        try with(["origins": ["https://a.test"]]) { scene throws in
            try scene.plugin("key-auth")
            let refused = try scene.get("/", [HeaderLine("Origin", "https://a.test")])
            #expect(refused.status == 401)
            #expect(refused.all("Access-Control-Allow-Origin") == ["https://a.test"])
            #expect(refused.all("Vary") == ["Origin"])
            #expect(try preflight(scene, "https://a.test").status == 200)
        }
    }

    @Test("a global one covers requests that match no route")
    func global() throws {
        try withGateway(workers: 1) { gateway, upstream throws in
            try gateway.scene(upstream).route()
            _ = try gateway.create("/plugins", ["name": "cors", "config": ["origins": ["https://a.test"]]])
            let missing = try Request(
                "OPTIONS", "/nope",
                headers: [
                    HeaderLine("Host", "nope"), HeaderLine("Origin", "https://a.test"),
                    HeaderLine("Access-Control-Request-Method", "GET"),
                ]
            ).send(port: gateway.proxyPort)
            #expect(missing.status == 404)
            #expect(missing.header("Access-Control-Allow-Origin") == "https://a.test")
        }
    }
}
