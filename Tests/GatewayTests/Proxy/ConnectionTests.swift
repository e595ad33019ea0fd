import KongCore
import KongTesting
import Testing

@Suite("Connections: keep-alive, pipelining, HTTP/1.0, HTTP/2")
struct ConnectionTests {
    @Test("one connection serves answers of every kind in turn")
    func keepAlive() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/open"]])
            try scene.route(["paths": ["/closed"]], named: "-closed")
            try scene.plugin("key-auth", on: "-closed")
            let connection = try Connection(port: scene.gateway.proxyPort)
            for turn in 0..<60 {
                let (path, status) = [("/open", 200), ("/closed", 401), ("/nowhere", 404)][turn % 3]
                let request = Request("GET", path, headers: [HeaderLine("Host", scene.host)])
                #expect(try request.send(on: connection, port: scene.gateway.proxyPort).status == status)
            }
        }
    }

    @Test("pipelined requests are answered in order, early answers among them")
    func pipelining() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/open"]])
            try scene.route(["paths": ["/closed"]], named: "-closed")
            try scene.plugin("key-auth", on: "-closed")
            let paths = (0..<12).map { ["/open/\($0)?delay=0.01", "/closed/\($0)", "/nowhere/\($0)"][$0 % 3] }
            let connection = try Connection(port: scene.gateway.proxyPort)
            try connection.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: \(scene.host)\r\n\r\n" }.joined())
            for (number, path) in paths.enumerated() {
                let response = try connection.response()
                #expect(response.status == [200, 401, 404][number % 3], "\(path)")
                if number % 3 == 0 { #expect(response.receivedTarget == "/\(number)?delay=0.01") }
            }
        }
    }

    @Test("an early answer to a request with a body: the body is not taken for the next request")
    func earlyAnswerWithBody() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("key-auth")
            let upstream = scene.upstream.hits
            let smuggled = "GET /smuggled HTTP/1.1\r\nHost: \(scene.host)\r\n\r\n"
            let connection = try Connection(port: scene.gateway.proxyPort)
            try connection.send(
                "POST / HTTP/1.1\r\nHost: \(scene.host)\r\nContent-Length: \(smuggled.utf8.count)\r\n\r\n\(smuggled)")
            #expect(try connection.response().status == 401)
            try connection.send("GET /nowhere HTTP/1.1\r\nHost: nobody.\(scene.host)\r\n\r\n")
            #expect(try connection.response().status == 404)
            try connection.send("POST / HTTP/1.1\r\nHost: \(scene.host)\r\nTransfer-Encoding: chunked\r\n\r\n")
            #expect(try connection.response().status == 401)
            try connection.send("\(String(smuggled.utf8.count, radix: 16))\r\n\(smuggled)\r\n0\r\n\r\n")
            try connection.send("GET /nowhere HTTP/1.1\r\nHost: nobody.\(scene.host)\r\nConnection: close\r\n\r\n")
            let rest = String(decoding: try connection.receiveAll(), as: UTF8.self)
            #expect(rest.isEmpty || rest.hasPrefix("HTTP/1.1 404"), "\(rest.prefix(300))")
            #expect(!rest.dropFirst(9).contains("HTTP/1.1 "))
            #expect(scene.upstream.requests.dropFirst(upstream).allSatisfy { $0.path != "/smuggled" })
        }
    }

    @Test("HTTP/1.0 is answered and closed; Via says 1")
    func http10() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/"], "hosts": [.string(scene.host)]])
            let answer = try scene.gateway.raw("GET / HTTP/1.0\r\nHost: \(scene.host)\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            #expect(answer.contains("1 kong/\(KongVersion.string)"))
        }
    }

    @Test("Expect: 100-continue is answered before the body is sent")
    func expectContinue() throws {
        try Shared.scene { scene throws in
            try scene.route()
            let connection = try Connection(port: scene.gateway.proxyPort)
            try connection.send(
                "POST / HTTP/1.1\r\nHost: \(scene.host)\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
            #expect(try connection.response().status == 100)
            try connection.send("body")
            #expect(try connection.response().json["body"] == "body")
        }
    }

    @Test("HTTP/2: proxied, refused, unknown, with a body, many streams at once")
    func http2() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/open"]])
            try scene.route(["paths": ["/closed"]], named: "-closed")
            try scene.plugin("key-auth", on: "-closed")
            let url = "http://127.0.0.1:\(scene.gateway.http2Port)"
            let host = ["--http2-prior-knowledge", "-H", "Host: \(scene.host)"]
            let open = try Curl.request(url + "/open/x", host)
            #expect(open.status == 200 && open.reason.hasPrefix("HTTP/2"))
            #expect(open.receivedTarget == "/x")
            #expect(open.received("via") == ["2 kong/\(KongVersion.string)"])
            #expect(open.header("via") == "1.1 kong/\(KongVersion.string)")
            #expect(try Curl.request(url + "/closed", host).status == 401)
            #expect(try Curl.request(url + "/nowhere", host).status == 404)
            let body = String(repeating: "y", count: 50_000)
            #expect(try Curl.request(url + "/open", host + ["-d", body]).json["body"]?.stringValue == body)

            let many = try Command.run(
                ["curl", "-s", "-Z", "--noproxy", "*", "-o", "/dev/null", "-w", "%{http_code} ", "--max-time", "20"]
                    + host
                    + ["\(url)/open/[1-50]?delay=0.01", "\(url)/closed/[1-50]"])
            let codes = many.output.split(separator: " ")
            #expect(codes.filter { $0 == "200" }.count == 50 || codes.count == 100, "\(many.text)")
        }
    }

    @Test("a WebSocket upgrade passes, and bytes flow both ways after it")
    func upgrade() throws {
        try Shared.scene { scene throws in
            let listener = try ScriptedUpstream { stream in
                _ = try stream.request()
                stream.send(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello")
                stream.send(try stream.more())
            }
            try scene.route(service: ["url": .string(listener.url)])
            let connection = try Connection(port: scene.gateway.proxyPort)
            try connection.send(
                "GET / HTTP/1.1\r\nHost: \(scene.host)\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            let response = try connection.response()
            #expect(response.status == 101)
            #expect(response.header("Upgrade") == "websocket")
            try connection.send("ping")
            var bytes: [UInt8] = []
            while bytes.count < 9 { bytes += try connection.receive() }
            #expect(String(decoding: bytes, as: UTF8.self) == "helloping")
        }
    }
}
