import KongCore
import KongTesting
import Testing

@Suite("Headers to the upstream")
struct ForwardedHeadersTests {
    @Test("X-Forwarded-* and the rest, from an address that is not trusted")
    func defaults() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/"], "strip_path": false])
            let seen = try scene.get("/a/b?c=d", host: scene.host + ":9999")
            #expect(seen.received("x-forwarded-for") == ["127.0.0.1"])
            #expect(seen.received("x-forwarded-proto") == ["http"])
            #expect(seen.received("x-forwarded-host") == [scene.host])
            #expect(seen.received("x-forwarded-port") == ["\(scene.gateway.proxyPort)"])
            #expect(seen.received("x-forwarded-path") == ["/a/b"])
            #expect(seen.received("x-forwarded-prefix") == [])
            #expect(seen.received("x-real-ip") == ["127.0.0.1"])
            #expect(seen.received("via") == ["1.1 kong/\(KongVersion.string)"])
            #expect(seen.received("connection") == ["keep-alive"])
            #expect(seen.received("x-kong-request-id") == [seen.header("X-Kong-Request-Id") ?? "none"])
        }
    }

    @Test("a client that is not trusted cannot choose them, but is appended to X-Forwarded-For and Via")
    func spoofed() throws {
        try Shared.scene { scene throws in
            try scene.route()
            let seen = try scene.get(
                "/",
                .init([
                    "X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.test",
                    "X-Forwarded-Port": "1", "X-Forwarded-Path": "/evil", "X-Forwarded-Prefix": "/evil",
                    "X-Real-IP": "9.9.9.9",
                    "Via": "1.0 fred", "X-Kong-Request-Id": "ffffffffffffffffffffffffffffffff",
                ]))
            #expect(seen.received("x-forwarded-for") == ["1.2.3.4, 127.0.0.1"])
            #expect(seen.received("x-forwarded-proto") == ["http"])
            #expect(seen.received("x-forwarded-host") == [scene.host])
            #expect(seen.received("x-forwarded-path") == ["/"])
            #expect(seen.received("x-forwarded-prefix") == [])
            #expect(seen.received("x-real-ip") == ["127.0.0.1"])
            #expect(seen.received("via") == ["1.0 fred, 1.1 kong/\(KongVersion.string)"])
            #expect(seen.received("x-kong-request-id") == [seen.header("X-Kong-Request-Id") ?? "none"])
            #expect(seen.header("X-Kong-Request-Id") != "ffffffffffffffffffffffffffffffff")
        }
    }

    @Test("a trusted client's are kept")
    func trusted() throws {
        try withGateway(settings: ["trusted_ips": "127.0.0.1"]) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            let seen = try scene.get(
                "/",
                .init([
                    "X-Forwarded-Proto": "https", "X-Forwarded-Host": "front.test", "X-Forwarded-Port": "443",
                    "X-Forwarded-Path": "/front", "X-Forwarded-Prefix": "/pre",
                ]))
            #expect(seen.received("x-forwarded-proto") == ["https"])
            #expect(seen.received("x-forwarded-host") == ["front.test"])
            #expect(seen.received("x-forwarded-port") == ["443"])
            #expect(seen.received("x-forwarded-path") == ["/front"])
            #expect(seen.received("x-forwarded-prefix") == ["/pre"])
        }
    }

    @Test("X-Forwarded-Prefix tells what was stripped")
    func prefix() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/strip"]])
            #expect(try scene.get("/strip/x").received("x-forwarded-prefix") == ["/strip"])
        }
    }

    @Test(
        "ordinary headers pass as they are",
        arguments: [
            HeaderLine("User-Agent", "ua/1"), HeaderLine("Accept-Encoding", "gzip, br"),
            HeaderLine("Cookie", "a=1; b=2"),
            HeaderLine("Authorization", "Bearer x"), HeaderLine("X-Empty", ""), HeaderLine("X_Under_Score", "1"),
            HeaderLine("Range", "bytes=0-1"), HeaderLine("If-None-Match", "\"x\""), HeaderLine("X-Latin", "caf\u{e9}"),
        ])
    func ordinary(header: HeaderLine) throws {
        try Shared.scene { scene throws in
            try scene.route()
            #expect(try scene.get("/", [header]).received(header.name) == [header.value])
        }
    }

    @Test("repeated headers stay repeated")
    func repeated() throws {
        try Shared.scene { scene throws in
            try scene.route()
            let seen = try scene.get("/", [HeaderLine("X-D", "1"), HeaderLine("X-D", "2")])
            #expect(seen.received("x-d") == ["1", "2"])
        }
    }

    @Test("hop-by-hop headers end here")
    func hopByHop() throws {
        try Shared.scene { scene throws in
            try scene.route()
            let seen = try scene.get(
                "/",
                .init([
                    "Connection": "keep-alive, X-Gone", "X-Gone": "1", "Keep-Alive": "timeout=5", "Proxy": "evil",
                    "Proxy-Connection": "close", "TE": "gzip", "Upgrade": "h2c",
                ]))
            for name in ["x-gone", "proxy", "proxy-connection", "te", "upgrade"] {
                #expect(seen.received(name) == [], "\(name) of \(seen)")
            }
            #expect(try scene.get("/", [HeaderLine("TE", "trailers, deflate")]).received("te") == ["trailers"])
        }
    }

    @Test("a body arrives whole, by length and in chunks", arguments: [10, 9_000, 300_000])
    func bodies(size: Int) throws {
        try Shared.scene { scene throws in
            try scene.route()
            let body = String(repeating: "abcdefghij", count: size / 10)
            #expect(try scene.get("/", method: "POST", body: body).json["body"]?.stringValue == body)

            let connection = try Connection(port: scene.gateway.proxyPort)
            try connection.send("PUT / HTTP/1.1\r\nHost: \(scene.host)\r\nTransfer-Encoding: chunked\r\n\r\n")
            let half = body.utf8.count / 2
            for piece in [body.prefix(half), body.suffix(body.utf8.count - half)] where !piece.isEmpty {
                try connection.send("\(String(piece.utf8.count, radix: 16))\r\n\(piece)\r\n")
            }
            try connection.send("0\r\n\r\n")
            #expect(try connection.response().json["body"]?.stringValue == body)
        }
    }
}
