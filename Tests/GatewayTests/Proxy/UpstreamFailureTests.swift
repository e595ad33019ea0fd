import KongCore
import KongTesting
import Testing

@Suite("Upstream failures")
struct UpstreamFailureTests {
    private let invalid = "An invalid response was received from the upstream server"

    @Test("closed without an answer, or reset: 502 after the retries", arguments: ["close", "reset"])
    func broken(how: String) throws {
        try Shared.scene { scene throws in
            let upstream = try EchoUpstream()
            try scene.route(service: ["url": .string(upstream.url), "retries": 2])
            let response = try scene.get("/?\(how)=1", [HeaderLine("Accept", "application/json")])
            #expect(response.status == 502)
            #expect(response.json["message"]?.stringValue == invalid)
            #expect(try scene.get("/").status == 200)
        }
    }

    @Test("garbage instead of an answer: passed on as HTTP/0.9, as nginx does, and the next request is served")
    func garbage() throws {
        try Shared.scene { scene throws in
            try scene.route(service: ["retries": 0])
            let connection = try Connection(port: scene.gateway.proxyPort)
            try connection.send("GET /?garbage=1 HTTP/1.1\r\nHost: \(scene.host)\r\n\r\n")
            #expect(String(decoding: try connection.receive(), as: UTF8.self).contains("garbage"))
            #expect(try scene.get("/").status == 200)
        }
    }

    @Test("a failed GET is tried 1 + retries times, a POST that was sent once", arguments: [("GET", 3), ("POST", 1)])
    func retries(method: String, tries: Int) throws {
        try Shared.scene { scene throws in
            let upstream = try EchoUpstream()
            try scene.route(service: ["url": .string(upstream.url), "retries": 2])
            let response = try scene.get("/?close=1", method: method, body: method == "POST" ? "x" : nil)
            #expect(response.status == 502)
            #expect(upstream.hits == tries)
        }
    }

    @Test("slower than read_timeout: 504")
    func timeout() throws {
        try Shared.scene { scene throws in
            try scene.route(service: ["read_timeout": 1000, "retries": 0])
            let response = try scene.get("/?delay=5", [HeaderLine("Accept", "application/json")])
            #expect(response.status == 504)
            #expect(response.json["message"] == "The upstream server is timing out")
            #expect(try scene.get("/").status == 200)
        }
    }

    @Test("cut off in the middle of a body: the client sees that it is not whole")
    func truncated() throws {
        try Shared.scene { scene throws in
            try scene.route()
            #expect(throws: HarnessError.self) { try scene.get("/?truncate=1&bytes=100") }
            #expect(try scene.get("/").status == 200)
        }
    }

    @Test("a name that does not resolve: 503 in Kong's words")
    func unknownName() throws {
        try Shared.scene { scene throws in
            try scene.gateway.create(
                "/services", ["name": .string(scene.id), "url": "http://no-such-name.invalid:80", "retries": 0])
            try scene.gateway.create("/services/\(scene.id)/routes", ["hosts": [.string(scene.host)]])
            let response = try scene.get("/")
            #expect([500, 503].contains(response.status), "\(response)")
            #expect(response.json["message"]?.stringValue?.isEmpty == false)
        }
    }

    @Test("an upstream that comes back is used at once")
    func recovery() throws {
        try Shared.scene { scene throws in
            let port = try Ports.free()
            try scene.route(service: ["port": .integer(Int64(port)), "retries": 0])
            #expect(try scene.get().status == 502)
            let upstream = try EchoUpstream(port: port)
            #expect(try scene.get().status == 200)
            #expect(upstream.hits == 1)
        }
    }

    @Test("connections to the upstream are kept and used again")
    func keepAlive() throws {
        try Shared.scene { scene throws in
            let upstream = try EchoUpstream()
            try scene.route(service: ["url": .string(upstream.url)])
            for _ in 0..<40 { #expect(try scene.get().status == 200) }
            #expect(upstream.hits == 40)
            #expect(upstream.connections.accepted <= scene.gateway.workers.count + 1)
        }
    }
}
