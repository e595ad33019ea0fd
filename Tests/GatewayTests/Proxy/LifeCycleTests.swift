import KongCore
import KongTesting
import Testing

@Suite("Request life cycle: clients and upstreams that go away")
struct LifeCycleTests {
    @Test("client gone while the upstream is slow: the upstream's connection is closed, others are served")
    func abortWhileUpstreamIsSlow() throws {
        try Shared.scene { scene throws in
            let upstream = try EchoUpstream()
            try scene.route(service: ["url": .string(upstream.url)])
            for reset in [true, false] {
                let before = upstream.hits
                let clients = try (0..<10).map { _ in try Connection(port: scene.gateway.proxyPort) }
                for client in clients { try client.send("GET /?hold=1 HTTP/1.1\r\nHost: \(scene.host)\r\n\r\n") }
                try eventually("all arrive") { upstream.hits == before + 10 }
                for client in clients { reset ? client.reset() : client.end() }
                try eventually("the upstream's connections end") { upstream.connections.open == 0 }
                #expect(try scene.get().status == 200)
            }
        }
    }

    @Test("client gone while a plugin waits for the body")
    func abortWhilePluginWaits() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("key-auth", ["key_in_body": true])
            for reset in [true, false] {
                for sent in [0, 1, 5000] {
                    let client = try Connection(port: scene.gateway.proxyPort)
                    try client.send(
                        "POST / HTTP/1.1\r\nHost: \(scene.host)\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                            + "Content-Length: 20000\r\n\r\n" + String(repeating: "a", count: sent))
                    _ = try scene.gateway.worker(of: client)
                    reset ? client.reset() : client.end()
                }
            }
            #expect(try scene.get().status == 401)
        }
    }

    @Test("client gone while it sends a body that is passed on")
    func abortWhileSending() throws {
        try Shared.scene { scene throws in
            try scene.route()
            for reset in [true, false] {
                let client = try Connection(port: scene.gateway.proxyPort)
                try client.send(
                    "POST / HTTP/1.1\r\nHost: \(scene.host)\r\nContent-Length: 500000\r\n\r\n"
                        + String(repeating: "a", count: 100_000))
                reset ? client.reset() : client.end()
            }
            #expect(try scene.get().status == 200)
        }
    }

    @Test("client gone while it reads a large answer")
    func abortWhileReading() throws {
        try Shared.scene { scene throws in
            try scene.route()
            for _ in 0..<5 {
                let client = try Connection(port: scene.gateway.proxyPort)
                try client.send("GET /?bytes=20000000 HTTP/1.1\r\nHost: \(scene.host)\r\n\r\n")
                _ = try client.receive()
                client.reset()
            }
            #expect(try scene.get().status == 200)
        }
    }

    @Test("half-closed clients still get their answer or an end, never a hang")
    func halfClosed() throws {
        try Shared.scene { scene throws in
            try scene.route()
            let client = try Connection(port: scene.gateway.proxyPort)
            try client.send("GET /?delay=0.05 HTTP/1.1\r\nHost: \(scene.host)\r\nConnection: close\r\n\r\n")
            client.finishWriting()
            let answer = String(decoding: try client.receiveAll(), as: UTF8.self)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 "))
        }
    }

    @Test("a storm of requests that end in every way leaks no connection and no worker memory to speak of")
    func storm() throws {
        try withGateway(workers: 1) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route(service: ["retries": 1])
            try scene.plugin("key-auth", ["key_in_body": true, "anonymous": gateway.consumer("anyone")["id"] ?? nil])
            let targets = ["/", "/?close=1", "/?reset=1", "/?garbage=1", "/?bytes=100000", "/?chunked=1"]
            let round = {
                try concurrently(8) { lane in
                    for turn in 0..<40 {
                        let client = try Connection(port: gateway.proxyPort)
                        let target = targets[(lane + turn) % targets.count]
                        try client.send("GET \(target) HTTP/1.1\r\nHost: own.test\r\nContent-Length: 1\r\n\r\n")
                        if turn % 5 == 0 { client.reset(); continue }
                        try client.send("x")
                        if turn % 5 == 1 { client.end(); continue }
                        _ = try? client.response()  // an answer or an end: both are fine here
                    }
                }
            }
            try round()
            let worker = try #require(gateway.workers.first)
            let before = Processes.proportionalSize(of: worker)
            for _ in 0..<4 { try round() }
            try eventually("client connections are gone") {
                Processes.descriptors(of: worker).filter { $0.hasPrefix("socket:") }.count < 40
            }
            #expect(Processes.proportionalSize(of: worker) - before < 6 << 20)
        }
    }
}
