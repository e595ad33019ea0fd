import Foundation
import KongCore
import KongTesting
import Testing

@Suite("A disk that turns read-only, or files that may not grow, under a running node")
struct FailingDiskTests {
    /// Consumers with keys, made while the disk was sound; a route that needs one, and one that does not.
    private struct Content {
        let gateway: Gateway
        let scene: Scene
        private(set) var kept: [String] = []

        init(_ gateway: Gateway, _ upstream: EchoUpstream) throws {
            self.gateway = gateway
            scene = gateway.scene(upstream)
            try scene.route()
            try scene.route(["hosts": ["closed.test"]], named: "-closed")
            try scene.plugin("key-auth", on: "-closed")
            try add(10)
        }

        mutating func add(_ count: Int) throws {
            for _ in 0..<count {
                let name = "kept\(kept.count)"
                try gateway.consumer(name, key: name)
                kept.append(name)
            }
        }

        func write(_ name: String, tags: JSONValue = []) throws -> Response {
            try gateway.admin("POST", "/consumers", ["username": .string(name), "tags": tags])
        }

        /// A write that is refused at once with its reason, and leaves nothing.
        func expectRefusal(_ name: String, _ reason: String) throws {
            let began = Clock.now
            let answer = try write(name)
            let message = answer.json["message"]?.stringValue ?? ""
            #expect(answer.status == 503, "\(answer)")
            #expect(message.contains(gateway.prefix) && message.contains(reason), "\(message)")
            #expect(!message.contains("stored, but"), "\(message)")
            #expect(Clock.now - began < 4)
            #expect(try gateway.admin("GET", "/consumers/\(name)").status == 404)
        }

        /// What was acknowledged, and nothing else, is in the Admin API and in every worker.
        func expectKept() throws {
            let listed = try gateway.configure("GET", "/consumers?size=1000")["data"]?.arrayValue ?? []
            #expect(Set(listed.compactMap { $0["username"]?.stringValue }) == Set(kept))
            for (worker, connection) in try gateway.connectionToEachWorker() {
                for name in kept + ["nobody"] {
                    let headers = [HeaderLine("Host", "closed.test"), HeaderLine("apikey", name)]
                    let status = try Request("GET", "/", headers: headers).send(
                        on: connection, port: gateway.proxyPort
                    ).status
                    #expect(status == (name == "nobody" ? 401 : 200), "\(name) on worker \(worker)")
                }
            }
        }
    }

    @Test(
        "read-only: writes are refused at once, proxying goes on, also in a new worker; mended, everything is there",
        .enabled(if: LoopDisk.isPossible))
    func readOnly() throws {
        let upstream = try EchoUpstream()
        let gateway = try Gateway()
        let disk = try LoopDisk(megabytes: 48, at: gateway.prefix)
        defer { disk.remove() }
        defer { gateway.discard() }
        try gateway.start()
        var content = try Content(gateway, upstream)
        try content.expectKept()
        let load = SteadyLoad(content.scene)
        try disk.fail()
        for number in 0..<5 { try content.expectRefusal("lost\(number)", "turned read-only") }
        try content.expectKept()
        let reload = try gateway.kong(["reload"], extra: ["KONG_LOG_LEVEL": "info"])
        #expect(reload.status != 0 && reload.text.contains("Read-only file system"), "\(reload.text)")
        try content.expectKept()
        try load.stop()

        let victim = try #require(gateway.workers.first)
        kill(victim, SIGKILL)
        try eventually("it is replaced") { gateway.workers.count == 2 && !gateway.workers.contains(victim) }
        try content.expectKept()

        #expect(try gateway.kong(["stop"]).status == 0)
        try disk.repair()
        try gateway.start()
        try content.expectKept()
        try content.add(2)
        try content.expectKept()
        try gateway.verify()
    }

    @Test(
        "without a database: the configuration that was acknowledged last is there after the disk has failed",
        .enabled(if: LoopDisk.isPossible))
    func declarative() throws {
        let upstream = try EchoUpstream()
        let gateway = try Gateway(settings: ["database": "off"])
        let disk = try LoopDisk(megabytes: 48, at: gateway.prefix)
        defer { disk.remove() }
        defer { gateway.discard() }
        try gateway.start()
        #expect(try load("/a", count: 2, gateway, upstream).status == 201)
        #expect(try load("/b", count: 2, gateway, upstream).status == 201)
        try disk.fail()
        let refused = try load("/c", count: 2, gateway, upstream)
        #expect(refused.status == 503 && refused.text.contains(gateway.prefix), "\(refused)")
        for (path, status) in [("/a/1", 404), ("/b/1", 200), ("/c/1", 404)] {
            #expect(try gateway.proxy("GET", path).status == status)
        }
        #expect(try gateway.kong(["stop"]).status == 0)
        try disk.repair()
        try gateway.start()
        for (path, status) in [("/a/1", 404), ("/b/1", 200), ("/c/1", 404)] {
            #expect(try gateway.proxy("GET", path).status == status)
        }
        #expect(try load("/c", count: 2, gateway, upstream).status == 201)
        #expect(try gateway.proxy("GET", "/c/1").status == 200)
        try gateway.verify()
    }

    /// `POST /config` with so many routes.
    private func load(_ path: String, count: Int, _ gateway: Gateway, _ upstream: EchoUpstream) throws -> Response {
        let routes = (0..<count).map { JSONValue.object(["paths": [.string("\(path)/\($0)")]]) }
        let service: JSONValue = [
            "name": "s", "host": "127.0.0.1", "port": .integer(Int64(upstream.port)), "routes": .array(routes),
        ]
        return try gateway.admin("POST", "/config", ["_format_version": "3.0", "services": [service]])
    }

    /// The largest size that a process may give to a file; nil: any.
    private func limit(_ process: pid_t?, _ bytes: Int?) throws {
        let soft = bytes.map(String.init) ?? "unlimited"
        let done = try Command.run(["prlimit", "--pid", "\(try #require(process))", "--fsize=\(soft):"])
        guard done.status == 0 else { throw HarnessError("prlimit: \(done.text)") }
    }

    @Test("no file may be written (ulimit -f 0): refused at once, proxying goes on; then writes go on")
    func nothingGrows() throws {
        try withGateway { gateway, upstream throws in
            var content = try Content(gateway, upstream)
            let load = SteadyLoad(content.scene)
            let admin = gateway.adminPID
            for _ in 0..<2 {
                try limit(admin, 0)
                for number in 0..<3 { try content.expectRefusal("lost\(number)", "ulimit -f") }
                try content.expectKept()
                try limit(admin, nil)
                try content.add(2)
                try content.expectKept()
            }
            try load.stop()
            #expect(gateway.adminPID == admin)
        }
    }

    @Test("the store's journal may not grow: the write is refused as a whole, then writes go on")
    func journal() throws {
        try withGateway { gateway, upstream throws in
            var content = try Content(gateway, upstream)
            // Larger than the snapshot by far, so that only the journal meets its limit.
            let journal = gateway.prefix + "/kong.db-wal"
            let tags = JSONValue.array((0..<20).map { .string(String(repeating: "t", count: 400) + "\($0)") })
            try eventually("the journal has grown") {
                try gateway.configure("PUT", "/consumers/kept0", ["tags": tags])
                return File.size(journal) > File.size(gateway.prefix + "/snapshot/data.mdb") + (1 << 20)
            }
            try limit(gateway.adminPID, File.size(journal) + 100)
            for number in 0..<3 { try content.expectRefusal("lost\(number)", "kong.db cannot be read or written") }
            try content.expectKept()
            try limit(gateway.adminPID, nil)
            try content.add(2)
            try content.expectKept()
        }
    }

    @Test("the snapshot may not grow: a configuration without a database is refused, the one before is served")
    func snapshot() throws {
        try withGateway(settings: ["database": "off"]) { gateway, upstream throws in
            #expect(try load("/a", count: 2, gateway, upstream).status == 201)
            try limit(gateway.adminPID, File.size(gateway.prefix + "/snapshot/data.mdb"))
            let refused = try load("/b", count: 2000, gateway, upstream)
            let message = refused.json["message"]?.stringValue ?? ""
            #expect(refused.status == 503, "\(refused.status) \(message)")
            #expect(
                message.contains("\(gateway.prefix)/snapshot/data.mdb") && message.contains("ulimit -f"), "\(message)")
            #expect(!message.contains("stored, but"), "\(message)")
            #expect(try gateway.configure("GET", "/routes?size=1000")["data"]?.arrayValue?.count == 2)
            #expect(try gateway.proxy("GET", "/a/1").status == 200)
            #expect(try gateway.proxy("GET", "/b/1").status == 404)
            try limit(gateway.adminPID, nil)
            #expect(try load("/b", count: 2000, gateway, upstream).status == 201)
            for (_, connection) in try gateway.connectionToEachWorker() {
                let request = Request("GET", "/b/1999")
                #expect(try request.send(on: connection, port: gateway.proxyPort).status == 200)
            }
        }
    }
}
