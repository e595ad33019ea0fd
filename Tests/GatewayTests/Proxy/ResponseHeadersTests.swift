import KongCore
import KongTesting
import Testing

@Suite("Headers to the client")
struct ResponseHeadersTests {
    private let version = "kong/\(KongVersion.string)"

    @Test("a proxied answer says how long it took, through whom, and which request it was")
    func proxied() throws {
        try Shared.scene { scene throws in
            try scene.route()
            let response = try scene.get("/?delay=0.03")
            let upstream = try #require(Int(response.header("X-Kong-Upstream-Latency") ?? ""))
            #expect((25...2000).contains(upstream))
            #expect(Int(response.header("X-Kong-Proxy-Latency") ?? "") != nil)
            #expect(response.header("X-Kong-Response-Latency") == nil)
            #expect(response.header("Via") == "1.1 \(version)")
            #expect(response.header("Server") == version)
            let id = try #require(response.header("X-Kong-Request-Id"))
            #expect(id.count == 32 && id.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        }
    }

    @Test("the gateway's own answer has its latency and no Via")
    func own() throws {
        try Shared.scene { scene throws in
            let response = try scene.get("/nowhere")
            #expect(Int(response.header("X-Kong-Response-Latency") ?? "") != nil)
            #expect(response.header("Server") == version)
            for name in ["Via", "X-Kong-Upstream-Latency", "X-Kong-Proxy-Latency"] {
                #expect(response.header(name) == nil)
            }
            #expect(response.all("Content-Type") == ["application/json; charset=utf-8"])
        }
    }

    @Test("every request has an id of its own")
    func requestIDs() throws {
        try Shared.scene { scene throws in
            try scene.route()
            let ids = try (0..<50).map { _ in try scene.get().header("X-Kong-Request-Id") }
            #expect(Set(ids).count == 50)
        }
    }

    @Test("the upstream's headers pass; its Server stays, its Via is continued, its X-Kong-* are replaced")
    func passing() throws {
        try Shared.scene { scene throws in
            try scene.route()
            let target =
                "/?header=X-A:1&header=Set-Cookie:a=1&header=Set-Cookie:b=2&header=Server:up/1&header=Via:1.1%20up"
                + "&header=Location:/elsewhere&header=Cache-Control:no-store&header=X-Kong-Upstream-Latency:99"
                + "&header=X-Kong-Request-Id:mine&header=Content-Type:text/weird"
            let response = try scene.get(target)
            #expect(response.header("X-A") == "1")
            #expect(response.all("Set-Cookie") == ["a=1", "b=2"])
            #expect(response.all("Server") == ["up/1"])
            #expect(response.all("Via") == ["1.1 up, 1.1 \(version)"])
            #expect(response.header("Location") == "/elsewhere")
            #expect(response.header("Content-Type") == "text/weird")
            #expect(response.all("X-Kong-Upstream-Latency").count == 1)
            #expect(response.header("X-Kong-Upstream-Latency") != "99")
            #expect(response.all("X-Kong-Request-Id").count == 1)
            #expect(response.header("X-Kong-Request-Id") != "mine")
        }
    }

    @Test(
        "statuses and bodies of the upstream pass untouched, its errors too",
        arguments: [201, 204, 301, 401, 404, 500, 503])
    func statuses(status: Int) throws {
        try Shared.scene { scene throws in
            try scene.route()
            let response = try scene.get("/?status=\(status)&body=\(status == 204 ? "" : "mine")")
            #expect(response.status == status)
            if status != 204 { #expect(response.text == "mine") }
            #expect(response.header("Via") == "1.1 \(version)")
        }
    }

    @Test("chunked and large answers arrive whole")
    func bodies() throws {
        try Shared.scene { scene throws in
            try scene.route()
            #expect(try scene.get("/?chunked=1&body=\(String(repeating: "z", count: 500))").text.count == 500)
            #expect(try scene.get("/?bytes=3000000").body.count == 3_000_000)
            let head = try scene.get("/?bytes=1000", method: "HEAD")
            #expect(head.header("Content-Length") == "1000" && head.body.isEmpty)
        }
    }

    @Test("headers = off: none of them, on proxied and own answers")
    func off() throws {
        try withGateway(settings: ["headers": "off", "headers_upstream": "off"]) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            for response in [try scene.get(), try scene.get("/", host: "nobody.test")] {
                for name in [
                    "Via", "X-Kong-Upstream-Latency", "X-Kong-Proxy-Latency", "X-Kong-Response-Latency",
                    "X-Kong-Request-Id",
                ] {
                    #expect(response.header(name) == nil, "\(name) on \(response.status)")
                }
            }
            #expect(try scene.get("/", host: "nobody.test").header("Server") == nil)
            #expect(try scene.get().received("x-kong-request-id") == [])
        }
    }

    @Test("headers names single ones, X-Kong-Upstream-Status among them")
    func single() throws {
        try withGateway(settings: ["headers": "x-kong-upstream-status, via"]) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            let response = try scene.get("/?status=207")
            #expect(response.header("X-Kong-Upstream-Status") == "207")
            #expect(response.header("Via") == "1.1 \(version)")
            #expect(response.header("X-Kong-Request-Id") == nil)
            #expect(response.header("X-Kong-Proxy-Latency") == nil)
        }
    }
}
