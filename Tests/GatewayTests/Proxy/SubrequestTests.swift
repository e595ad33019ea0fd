import KongCore
import KongTesting
import Testing

@Suite("Subrequests and internal redirects through the gateway")
struct SubrequestTests {
    @Test("mirror: each request makes a background subrequest that is routed like any other")
    func mirror() throws {
        try withGateway(settings: ["nginx_location_mirror": "/mirrored"]) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route(["paths": ["/"], "strip_path": false])
            let connection = try Connection(port: gateway.proxyPort)
            for turn in 0..<20 {
                let request = Request(
                    "POST", "/main/\(turn)", headers: [HeaderLine("Host", scene.host)], body: Array("body".utf8))
                #expect(try request.send(on: connection, port: gateway.proxyPort).receivedTarget == "/main/\(turn)")
            }
            try eventually("the mirrored requests arrive") {
                upstream.requests.filter { $0.path == "/mirrored" }.count == 20
            }
            #expect(upstream.requests.filter { $0.path == "/mirrored" }.allSatisfy { $0.body == Array("body".utf8) })
        }
    }

    @Test("mirror to nowhere, and to a route that refuses: the main answer is unharmed")
    func mirrorRefused() throws {
        try withGateway(settings: ["nginx_location_mirror": "/mirrored"]) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route(["paths": ["/open"]])
            for _ in 0..<5 { #expect(try scene.get("/open").status == 200) }
            try scene.route(["paths": ["/mirrored"]], named: "-mirrored")
            try scene.plugin("key-auth", on: "-mirrored")
            for _ in 0..<5 { #expect(try scene.get("/open").status == 200) }
            #expect(upstream.requests.allSatisfy { $0.path == "/" })
        }
    }

    @Test("an SSI include is a subrequest that passes the chain")
    func include() throws {
        try withGateway(settings: ["nginx_location_ssi": "on"]) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route(["paths": ["/"], "strip_path": false])
            try scene.route(["paths": ["/closed"]], named: "-closed")
            try scene.plugin("key-auth", on: "-closed")
            let page = { (part: String) in
                "/?header=Content-Type:text/html&body=%5B%3C!--%23%20include%20virtual=%22\(part)%22%20--%3E%5D"
            }
            #expect(try scene.get(page("/part?body=hello")).text == "[hello]")
            let refused = try scene.get(page("/closed/part?body=hello"))
            #expect(refused.status == 200 && !refused.text.contains("hello"))
        }
    }

    @Test("X-Accel-Redirect: an internal redirect is routed again, plugins included")
    func internalRedirect() throws {
        try withGateway { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route(["paths": ["/"], "strip_path": false])
            try scene.route(["paths": ["/closed"]], named: "-closed")
            try scene.plugin("key-auth", on: "-closed")
            let connection = try Connection(port: gateway.proxyPort)
            let ask = { (to: String) in
                try Request("GET", "/?header=X-Accel-Redirect:\(to)", headers: [HeaderLine("Host", scene.host)])
                    .send(on: connection, port: gateway.proxyPort)
            }
            for _ in 0..<5 {
                let followed = try ask("/elsewhere")
                #expect(followed.status == 200)
                #expect(followed.receivedTarget?.hasPrefix("/elsewhere") == true, "\(followed)")
                #expect(try ask("/closed/x").status == 401)
            }
        }
    }

    @Test("proxy_intercept_errors: the upstream's error becomes the gateway's error page")
    func intercepted() throws {
        try withGateway(settings: ["nginx_location_proxy_intercept_errors": "on"]) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            for _ in 0..<3 {
                let response = try scene.get("/?status=503&body=mine", [HeaderLine("Accept", "application/json")])
                #expect(response.status == 503)
                #expect(response.json["message"] == "The upstream server is currently unavailable")
                #expect(try scene.get("/").status == 200)
            }
        }
    }
}
