import Foundation
import KongCore
import KongTesting
import Testing

@Suite("A disk that is full or read-only, a store that is locked")
struct DiskTests {
    /// A gateway whose prefix lies on a small disk, and its store beside it.
    private func withPrefixOnDisk(_ body: (Gateway, EchoUpstream, TinyDisk) throws -> Void) throws {
        let upstream = try EchoUpstream()
        let folder = FileManager.default.temporaryDirectory.path + "/kong-store-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let gateway = try Gateway(settings: ["sqlite_path": folder + "/kong.db", "db_update_frequency": "0.2"])
        let disk = try TinyDisk(megabytes: 16, at: gateway.prefix)
        defer { disk.unmount() }
        defer { gateway.discard() }
        try gateway.start()
        try gateway.scene(upstream).route()
        try body(gateway, upstream, disk)
    }

    @Test(
        "no room for the snapshot: the write is refused and not stored, proxying goes on, and it recovers by itself",
        .enabled(if: TinyDisk.isPossible))
    func snapshot() throws {
        try withPrefixOnDisk { gateway, upstream, disk throws in
            try disk.fill()
            var refused: Response?
            var made: [String] = []
            for number in 0..<2000 where refused == nil {
                let name = "c\(number)"
                let tags = (0..<20).map { JSONValue.string(String(repeating: "t", count: 400) + "\($0)") }
                let answer = try gateway.admin("POST", "/consumers", ["username": .string(name), "tags": .array(tags)])
                if answer.status == 201 { made.append(name) } else { refused = answer }
            }
            let answer = try #require(refused, "the disk never got full")
            let message = answer.json["message"]?.stringValue ?? ""
            #expect(answer.status == 503)
            #expect(message.contains("\(gateway.prefix)/snapshot/data.mdb"), "\(message)")
            #expect(message.contains("No space left on device") && message.contains("free disk space"), "\(message)")
            #expect(!message.contains("stored, but"), "\(message)")
            #expect(try gateway.admin("GET", "/consumers/c\(made.count)").status == 404)
            #expect(try gateway.scene(upstream).get().status == 200)
            // What writes files says which one, and leaves what runs alone.
            let reload = try gateway.kong(["reload"], extra: ["KONG_LOG_LEVEL": "info"])
            #expect(reload.status != 0 && reload.text.contains(gateway.prefix), "\(reload.text)")
            #expect(reload.text.contains("No space left"), "\(reload.text)")
            #expect(try gateway.scene(upstream).get().status == 200)

            disk.free()
            try eventually("writes work again") {
                try gateway.admin("POST", "/services/own/routes", ["paths": ["/again"]]).status == 201
            }
            for (_, connection) in try gateway.connectionToEachWorker() {
                #expect(try Request("GET", "/again").send(on: connection, port: gateway.proxyPort).status == 200)
            }
            for name in made { #expect(try gateway.admin("GET", "/consumers/\(name)").status == 200) }
            // nginx says of each access log line that it had no room for it.
            try gateway.verify(allowing: ["No space left on device"])
        }
    }

    @Test("a map that is too small: the write is refused, the error names the setting, deleting makes room")
    func map() throws {
        try withGateway(settings: ["snapshot_map_size": "1m"]) { gateway, upstream throws in
            try gateway.scene(upstream).route()
            var refused: Response?
            var made = 0
            for number in 0..<400 where refused == nil {
                let tags = (0..<20).map { JSONValue.string(String(repeating: "t", count: 400) + "\($0)") }
                let answer = try gateway.admin(
                    "PUT", "/consumers/c\(number)", ["tags": .array(tags)])
                if answer.status == 200 { made += 1 } else { refused = answer }
            }
            let message = refused?.json["message"]?.stringValue ?? ""
            #expect(refused?.status == 503)
            #expect(message.contains("raise snapshot_map_size"), "\(message)")
            #expect(try gateway.admin("GET", "/consumers/c\(made)").status == 404)
            #expect(try gateway.scene(upstream).get().status == 200)
            #expect(try gateway.admin("GET", "/consumers?size=1000").json["data"]?.arrayValue?.count == made)
            for number in 0..<4 { try gateway.configure("DELETE", "/consumers/c\(number)") }
            try gateway.create("/services/own/routes", ["paths": ["/again"]])
            #expect(try gateway.proxy("GET", "/again").status == 200)
        }
    }

    @Test("a read-only disk: start says what cannot be written", .enabled(if: TinyDisk.isPossible))
    func readOnly() throws {
        let gateway = try Gateway()
        let disk = try TinyDisk(megabytes: 4, at: gateway.prefix)
        defer { disk.unmount() }
        defer { gateway.discard() }
        try disk.makeReadOnly()
        let done = try gateway.kong(["start"])
        #expect(done.status != 0)
        #expect(done.text.contains(gateway.prefix) && done.text.contains("Read-only file system"), "\(done.text)")
        #expect(gateway.masterPID == nil && gateway.adminPID == nil)
    }

    @Test("another process locks the store: 503 in bounded time, reads and proxying go on, then writes again")
    func locked() throws {
        try withGateway { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            let ready = gateway.folder + "/locked"
            let script = """
                import sqlite3, sys, time
                db = sqlite3.connect(sys.argv[1], isolation_level=None)
                db.execute("BEGIN IMMEDIATE")
                open(sys.argv[2], "w").close()
                time.sleep(120)
                """
            let locker = try Command.spawn(["python3", "-c", script, gateway.prefix + "/kong.db", ready])
            defer {
                kill(locker, SIGKILL)
                var status: Int32 = 0
                waitpid(locker, &status, 0)
            }
            try eventually("the store is locked") { access(ready, F_OK) == 0 }
            let start = Clock.now
            let answers = Locked<[Response]>([])
            try concurrently(10) { lane in
                let answer = try gateway.admin("POST", "/consumers", ["username": .string("c\(lane)")])
                answers.mutate { $0.append(answer) }
            }
            // One after the other they would take 50 s.
            #expect(Clock.now - start < 25)
            for answer in answers.value {
                #expect(answer.status == 503)
                #expect(
                    answer.json["message"]
                        == .string("\(gateway.prefix)/kong.db is locked by another process: try again"))
            }
            #expect(try gateway.admin("GET", "/routes").status == 200)
            #expect(try scene.get().status == 200)
            kill(locker, SIGKILL)
            try eventually("writes work again") {
                try gateway.admin("PUT", "/consumers/after", [:]).status == 200
            }
        }
    }

    @Test("a second start on the same prefix is refused and changes nothing")
    func secondStart() throws {
        try withGateway { gateway, upstream throws in
            try gateway.scene(upstream).route()
            let done = try gateway.kong(["start"])
            #expect(done.status != 0)
            #expect(done.text.contains("Kong is already running in \(gateway.prefix)"), "\(done.text)")
            #expect(try gateway.scene(upstream).get().status == 200)
            try gateway.create("/consumers", ["username": "still"])
        }
    }
}
