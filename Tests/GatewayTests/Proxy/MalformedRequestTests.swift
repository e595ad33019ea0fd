import Foundation
import KongCore
import KongTesting
import Testing

@Suite("Malformed requests at the proxy")
struct MalformedRequestTests {
    private static let head = "POST /p HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n"

    private func statuses(_ scene: Scene, _ request: String) throws -> [String] {
        try scene.gateway.raw(request.replacing("HOST", with: scene.host)).components(separatedBy: "\r\n")
            .filter { $0.hasPrefix("HTTP/1.") }.map { String($0.split(separator: " ")[1]) }
    }

    @Test(
        "Content-Length in other shapes than digits: refused, nothing reaches the upstream",
        arguments: [
            "Content-Length: 3\r\nContent-Length: 3", "Content-Length: 3\r\nContent-Length: 5", "Content-Length: 3, 3",
            "Content-Length: +3", "Content-Length: -3", "Content-Length: 0x3", "Content-Length:", "Content-Length: abc",
            "Content-Length: 99999999999999999999",
        ])
    func contentLength(header: String) throws {
        try Shared.scene { scene throws in
            let upstream = try EchoUpstream()
            try scene.route(service: ["url": .string(upstream.url)])
            #expect(try statuses(scene, Self.head + header + "\r\n\r\nabc") == ["400"])
            #expect(upstream.hits == 0)
        }
    }

    @Test(
        "Transfer-Encoding in other shapes than chunked: refused",
        arguments: [
            ("Transfer-Encoding : chunked", "400"), ("Transfer-Encoding: \u{b}chunked", "501"),
            ("Transfer-Encoding: CHUNKED", "200"), ("Transfer-Encoding: identity", "501"),
            ("Transfer-Encoding: gzip, chunked", "501"), ("Transfer-Encoding: chunked, identity", "501"),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "400"), ("Transfer-Encoding: xchunked", "501"),
            ("Transfer-Encoding: chunked\r\nContent-Length: 3", "400"),
        ])
    func transferEncoding(header: String, status: String) throws {
        try Shared.scene { scene throws in
            let upstream = try EchoUpstream()
            try scene.route(service: ["url": .string(upstream.url)])
            #expect(try statuses(scene, Self.head + header + "\r\n\r\n3\r\nabc\r\n0\r\n\r\n") == [status])
            #expect(upstream.hits == (status == "200" ? 1 : 0))
        }
    }

    @Test(
        "bytes that are no request: an answer or an end, no worker dead",
        arguments: [
            "\u{0}\u{1}\u{2}\r\n\r\n", "GET /\u{0} HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: HOST\r\nX-Nul: a\u{0}b\r\n\r\n",
            "GET / HTTP/9.9\r\nHost: HOST\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
            "GET /%00 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", "GET HTTP/1.1\r\n\r\n",
            "GET http://HOST/abs HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: HOST\r\nHost: two\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: [::1\r\nConnection: close\r\n\r\n",
            "GET / HTTP/1.1\r\n Folded: x\r\nHost: HOST\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
            "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
            "GET /../../etc/passwd HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ])
    func noRequest(bytes: String) throws {
        try Shared.scene { scene throws in
            try scene.route()
            let connection = try Connection(port: scene.gateway.proxyPort)
            try connection.send(bytes.replacing("HOST", with: scene.host))
            connection.finishWriting()
            let answer = String(decoding: try connection.receiveAll(), as: UTF8.self)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 "), "\(answer.prefix(100))")
            #expect(!answer.contains("root:"))
            #expect(try scene.get().status == 200)
        }
    }

    @Test("bytes that are not UTF-8 in path, query, header and host")
    func notUTF8() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/"], "strip_path": false])
            let bad: [UInt8] = [0xff, 0xfe, 0xc3, 0x28]
            func send(_ parts: [[UInt8]]) throws -> Response {
                let connection = try Connection(port: scene.gateway.proxyPort)
                try connection.send(Array(parts.joined()))
                return try connection.response()
            }
            let host = Array(" HTTP/1.1\r\nHost: \(scene.host)\r\n".utf8), end = Array("\r\n".utf8)
            #expect(try send([Array("GET /a".utf8), bad, host, end]).status == 200)
            #expect(try send([Array("GET /?a=".utf8), bad, host, end]).status == 200)
            #expect(try send([Array("GET /".utf8), host, Array("X-Bad: ".utf8), bad, end, end]).status == 200)
            let status = try send([Array("GET / HTTP/1.1\r\nHost: ".utf8), bad, Array(".test\r\n\r\n".utf8)]).status
            #expect([400, 404].contains(status))
        }
    }

    @Test("100 kB of headers, one and many: 400 in Kong's words, the next request is served")
    func hugeHeaders() throws {
        try Shared.scene { scene throws in
            try scene.route()
            let one = [HeaderLine("X-Big", String(repeating: "b", count: 100_000))]
            let many = (0..<1000).map { HeaderLine("X-Many-\($0)", String(repeating: "m", count: 90)) }
            for headers in [one, many] {
                #expect(
                    try statuses(
                        scene,
                        String(
                            decoding: Request("GET", "/", headers: [HeaderLine("Host", scene.host)] + headers)
                                .bytes(port: 0), as: UTF8.self)
                    ).first == "400")
            }
            #expect(try scene.get().status == 200)
        }
    }

    @Test("many small headers that fit arrive at the upstream, all of them")
    func manyHeaders() throws {
        try Shared.scene { scene throws in
            try scene.route()
            let many = (0..<150).map { HeaderLine("X-Many-\($0)", "\($0)") }
            let seen = try scene.get("/", many)
            #expect(many.allSatisfy { seen.received($0.name) == [$0.value] })
        }
    }

    @Test("a 100 MB body passes through")
    func hugeBody() throws {
        try Shared.scene { scene throws in
            let counted = Locked(0)
            let upstream = try ScriptedUpstream { stream in
                let head = try stream.request()
                var count =
                    head.utf8.count - (head.firstRange(of: "\r\n\r\n").map { head[..<$0.upperBound].utf8.count } ?? 0)
                while count < 100_000_000 { count += try stream.more().count }
                counted.mutate { $0 = count }
                stream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
            try scene.route(service: ["url": .string(upstream.url)])
            let connection = try Connection(port: scene.gateway.proxyPort, timeout: 60)
            try connection.send("POST / HTTP/1.1\r\nHost: \(scene.host)\r\nContent-Length: 100000000\r\n\r\n")
            let megabyte = [UInt8](repeating: 120, count: 1_000_000)
            for _ in 0..<100 { try connection.send(megabyte) }
            #expect(try connection.response().status == 200)
            #expect(counted.value == 100_000_000)
        }
    }
}
