import KongCore
import KongTesting
import Testing

@Suite("Workers that shut down with requests in flight")
struct ReloadTests {
    /// Requests that the upstream holds, one per connection, arrived.
    private func inFlight(_ count: Int, _ gateway: Gateway, _ upstream: EchoUpstream) throws -> [Connection] {
        let before = upstream.hits
        let connections = try (0..<count).map { _ in try Connection(port: gateway.proxyPort) }
        for connection in connections { try connection.send("GET /?hold=1 HTTP/1.1\r\nHost: own.test\r\n\r\n") }
        try eventually("requests arrive upstream") { upstream.hits == before + count }
        return connections
    }

    @Test("kong reload: requests in flight are answered, new workers serve, old ones end")
    func reload() throws {
        try withGateway(workersChanged: true) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            let old = gateway.workers
            let waiting = try inFlight(8, gateway, upstream)
            let done = try gateway.kong(["reload"])
            #expect(done.status == 0, "\(done.text)")
            try eventually("new workers") { !gateway.workers.isEmpty && Set(gateway.workers).isDisjoint(with: old) }
            #expect(try scene.get().status == 200)
            try scene.gateway.create("/services/own/routes", ["paths": ["/new"], "hosts": ["new.test"]])
            #expect(try scene.get("/new", host: "new.test").status == 200)
            upstream.release()
            for connection in waiting { #expect(try connection.response().status == 200) }
            try eventually("old workers end") { old.allSatisfy { !Processes.isAlive($0) } }
        }
    }

    @Test("reloads under load: no request fails")
    func reloadUnderLoad() throws {
        try withGateway(workersChanged: true) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            let load = Background(threads: 4) { _ in
                let status = try scene.get().status
                guard status == 200 else { throw HarnessError("status \(status) during a reload") }
            }
            for _ in 0..<3 {
                let old = gateway.workers
                #expect(try gateway.kong(["reload"]).status == 0)
                try eventually("old workers end") { old.allSatisfy { !Processes.isAlive($0) } }
            }
            try load.stop()
        }
    }

    @Test("kong quit: requests in flight are answered, then all is gone")
    func quit() throws {
        let upstream = try EchoUpstream()
        let gateway = try Gateway.started()
        defer { gateway.discard() }
        try gateway.scene(upstream).route()
        let waiting = try inFlight(4, gateway, upstream)
        let (master, admin) = (gateway.masterPID, gateway.adminPID)
        let quitting = Background { _ in _ = try gateway.kong(["quit", "--timeout", "20"]) }
        try eventually("the listener closes") { (try? Connection(port: gateway.proxyPort)) == nil }
        upstream.release()
        for connection in waiting { #expect(try connection.response().status == 200) }
        try quitting.stop()
        for pid in [master, admin].compactMap({ $0 }) {
            try eventually("process \(pid) ends") { !Processes.isAlive(pid) }
        }
        #expect(gateway.logLines().filter { $0.contains("[alert]") || $0.contains("[emerg]") } == [])
    }

    @Test("kong stop and start again: everything configured is there")
    func restart() throws {
        try withGateway(workersChanged: true) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            try scene.plugin("key-auth")
            try scene.consumer()
            #expect(try gateway.kong(["stop"]).status == 0)
            #expect(throws: HarnessError.self) { try Connection(port: gateway.proxyPort) }
            try gateway.start()
            #expect(try scene.get().status == 401)
            #expect(try scene.get("/", key: "own-ann").status == 200)
        }
    }

    @Test("the Admin API keeps answering while nginx reloads")
    func adminDuringReload() throws {
        try withGateway(workersChanged: true) { gateway, upstream throws in
            try gateway.scene(upstream).route()
            let admin = gateway.adminPID
            for turn in 0..<3 {
                #expect(try gateway.kong(["reload"]).status == 0)
                try gateway.create("/services/own/routes", ["paths": [.string("/r\(turn)")]])
                #expect(try gateway.proxy("GET", "/r\(turn)").status == 200)
            }
            #expect(admin == gateway.adminPID || gateway.adminPID != nil)
        }
    }
}
