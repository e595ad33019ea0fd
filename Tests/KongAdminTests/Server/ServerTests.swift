import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KongCore
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import KongAdmin

@Suite("The HTTP server")
struct ServerTests {
    private static func server(_ change: (inout AdminConfiguration) -> Void = { _ in }) throws -> Application<
        AdminResponder
    > {
        var configuration = AdminConfiguration()
        configuration.bodyLimitBytes = 1 << 20
        change(&configuration)
        var table = RouteTable()
        table.on("GET", "/x") { _ in .message(200, "hello") }
        table.on("POST", "/x") { .message(200, "\($0.body.count)") }
        table.on("DELETE", "/x") { _ in .noContent }
        table.finish()
        let responder = AdminResponder(routes: table, configuration: configuration, logger: Logger(label: "test"))
        let server = AdminServer(sites: [], logger: Logger(label: "test"))
        return try server.application(
            for: AdminListener(address: .tcp(host: "127.0.0.1", port: 0)), responder: responder)
    }

    @Test("the headers of an answer are Kong's")
    func headers() async throws {
        try await Self.server().test(.live) { client in
            try await client.execute(uri: "/x", method: .get) { response in
                #expect(response.status == .ok)
                #expect(response.headers[.contentType] == "application/json; charset=utf-8")
                #expect(response.headers[.contentLength] == "19")
                #expect(response.headers[.server] == "kong/\(KongVersion.string)")
                #expect(response.headers[.adminLatency].flatMap { Int($0) } != nil)
                #expect(response.headers[.accessControlAllowOrigin] == "*")
                #expect(response.headers[.accessControlAllowCredentials] == "true")
                #expect(String(buffer: response.body) == "{\"message\":\"hello\"}")
            }
            try await client.execute(uri: "/x", method: .head) { response in
                #expect(response.headers[.contentLength] == "19")
                #expect(response.body.readableBytes == 0)
            }
            try await client.execute(uri: "/x", method: .delete) { response in
                #expect(response.status == .noContent)
                #expect(response.headers[.contentType] == nil)
                #expect(response.headers[.contentLength] == nil)
            }
            try await client.execute(uri: "/x", method: .get, headers: [.origin: "http://a.test"]) { response in
                #expect(response.headers[.accessControlAllowOrigin] == "http://a.test")
            }
        }
    }

    @Test("with allowed origins, strangers get the first; without tokens, no Server")
    func origins() async throws {
        let server = try Self.server {
            $0.allowedOrigins = ["http://a.test", "http://b.test"]
            $0.sendsServer = false
            $0.sendsLatency = false
        }
        try await server.test(.live) { client in
            for (sent, expected) in [("http://b.test", "http://b.test"), ("http://c.test", "http://a.test")] {
                try await client.execute(uri: "/x", method: .get, headers: [.origin: sent]) { response in
                    #expect(response.headers[.accessControlAllowOrigin] == expected)
                    #expect(response.headers[.server] == nil)
                    #expect(response.headers[.adminLatency] == nil)
                }
            }
        }
    }

    /// Sends bytes, ends its side where `halfClose`, and reads until the server closes.
    private static func raw(_ port: Int, _ chunks: [[UInt8]]) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let reader = Task {
                var all = ByteBuffer()
                // A slow sender outlasts the server's patience, and the end is a reset then; the answer came before.
                do { for try await var part in inbound { all.writeBuffer(&part) } } catch is IOError {}
                return String(buffer: all)
            }
            for chunk in chunks { try? await outbound.write(ByteBuffer(bytes: chunk)) }
            return try await reader.value
        }
    }

    private static func withPort(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await server().test(.live) { client in
            guard let port = client.port else {
                Issue.record("no port")
                return
            }
            try await body(port)
        }
    }

    @Test("a declared body beyond the limit: 413 at once, then the connection ends")
    func declaredTooLarge() async throws {
        try await Self.withPort { port in
            let head =
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n"
            let body = Array(repeating: UInt8(ascii: "x"), count: 1 << 20)
            let answer = try await Self.raw(port, [Array(head.utf8)] + Array(repeating: body, count: 8))
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
            #expect(answer.hasSuffix("{\"message\":\"Payload too large\"}"))
        }
    }

    @Test("a chunked body beyond the limit: 413 when the limit is passed")
    func chunkedTooLarge() async throws {
        try await Self.withPort { port in
            let head =
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            let chunk =
                Array("40000\r\n".utf8) + Array(repeating: UInt8(ascii: "x"), count: 0x40000) + Array("\r\n".utf8)
            let answer = try await Self.raw(port, [Array(head.utf8)] + Array(repeating: chunk, count: 40))
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test(
        "what is no request is answered with Kong's shape and closed",
        arguments: [
            "GET /x\r\n\r\n", "GET /x HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n", "GET /x HTTP/1.1\r\nA b: c\r\n\r\n",
            "GET /x HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n",
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ])
    func garbage(text: String) async throws {
        try await Self.withPort { port in
            let answer = try await Self.raw(port, [Array(text.utf8)])
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            #expect(answer.hasSuffix("{\"message\":\"Bad request\"}"), "\(answer)")
        }
    }

    @Test("headers of 100 kB and of 1 MB: 400 in Kong's shape", arguments: [100 << 10, 1 << 20])
    func largeHeaders(size: Int) async throws {
        try await Self.withPort { port in
            let head = "GET /x HTTP/1.1\r\nHost: a\r\nX-Large: \(String(repeating: "x", count: size))\r\n\r\n"
            let answer = try await Self.raw(port, [Array(head.utf8)])
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(answer.contains("{\"message\":"))
        }
    }

    @Test("a client that expects 100 Continue is told to go on")
    func expectContinue() async throws {
        try await Self.withPort { port in
            let head =
                "POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\n"
                + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"
            let answer = try await Self.raw(port, [Array(head.utf8), Array("{}".utf8)])
            #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
        }
    }

    @Test("pipelined requests are answered in order")
    func pipelining() async throws {
        try await Self.withPort { port in
            let one = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"
            let last = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            let answer = try await Self.raw(port, [Array((one + one + last).utf8)])
            #expect(answer.components(separatedBy: "HTTP/1.1 200 OK").count == 4)
        }
    }
}

extension String {
    fileprivate func components(separatedBy text: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
