import Foundation
import KongCore
import KongTesting
import Testing

@Suite("A worker dies")
struct WorkerDeathTests {
    private let died = ["exited on signal 9"]

    @Test("killed under load: the other worker's requests are unharmed, a new one is current at once")
    func underLoad() throws {
        try withGateway(workers: 2, workersChanged: true, allowing: died) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            for turn in 0..<3 {
                let connections = try gateway.connectionToEachWorker()
                let victim = try #require(gateway.workers.first)
                let survivor = try #require(connections.first { $0.key != victim }?.value)
                let requests = Locked(0)
                let load = Background { _ in
                    let status = try Request("GET", "/", headers: [HeaderLine("Host", "own.test")])
                        .send(on: survivor, port: gateway.proxyPort).status
                    guard status == 200 else { throw HarnessError("the surviving worker said \(status)") }
                    requests.mutate { $0 += 1 }
                }
                try eventually("load runs") { requests.value > 20 }
                try gateway.create("/services/own/routes", ["paths": [.string("/before\(turn)")]])
                kill(victim, SIGKILL)
                try gateway.create("/services/own/routes", ["paths": [.string("/after\(turn)")]])
                try eventually("the worker is replaced") {
                    gateway.workers.count == 2 && !gateway.workers.contains(victim)
                }
                let count = requests.value
                try eventually("load still runs") { requests.value > count + 20 }
                try load.stop()
                for (_, connection) in try gateway.connectionToEachWorker() {
                    for path in ["/before\(turn)", "/after\(turn)"] {
                        let response = try Request("GET", path).send(on: connection, port: gateway.proxyPort)
                        #expect(response.status == 200, "\(path) on a worker after the other's death")
                    }
                }
            }
        }
    }

    @Test("killed at random moments while written to: never an answer from old configuration")
    func randomMoments() throws {
        try withGateway(workers: 2, workersChanged: true, allowing: died) { gateway, upstream throws in
            try gateway.scene(upstream).route(["hosts": ["other.test"]])
            let killer = Background { _ in
                if let victim = gateway.workers.randomElement() { kill(victim, SIGKILL) }
                usleep(UInt32.random(in: 100_000...250_000))
            }
            for turn in 0..<60 {
                try gateway.create(
                    "/services/own/routes", ["paths": [.string("/r\(turn)/")], "name": .string("r\(turn)")])
                try expectEventually("/r\(turn)/", 200, gateway)
                if turn % 3 == 0 {
                    try gateway.configure("DELETE", "/routes/r\(turn)")
                    try expectEventually("/r\(turn)/", 404, gateway)
                }
            }
            try killer.stop()
            try eventually("both workers are back") { gateway.workers.count == 2 }
        }
    }

    /// A connection may be lost with its worker; an answer may not be wrong.
    private func expectEventually(_ path: String, _ status: Int, _ gateway: Gateway) throws {
        try eventually("an answer for \(path)") {
            guard let answer = try? gateway.proxy("GET", path, timeout: 5) else { return false }
            guard answer.status == status else { throw HarnessError("\(path): \(answer.status), not \(status)") }
            return true
        }
    }

    @Test("killed inside a snapshot read: thousands of writes later the file has not grown for ever")
    func insideRead() throws {
        try withGateway(workers: 2) { gateway, upstream throws in
            try gateway.scene(upstream).route()
            func write(_ count: Int) throws {
                try concurrently(8) { lane in
                    for turn in 0..<(count / 8) {
                        try gateway.configure(
                            "PUT", "/routes/lane\(lane)",
                            [
                                "paths": [.string("/lane\(lane)/\(turn)")],
                                "tags": [.string(String(repeating: "t", count: 200) + "\(turn)")],
                            ])
                    }
                }
            }
            try write(200)
            let data = gateway.prefix + "/snapshot/data.mdb"
            let before = File.allocated(data)
            #expect(before > 0)
            for _ in 0..<3 {
                let reader = try DeadReader(snapshot: gateway.prefix + "/snapshot")
                reader.die()
            }
            try write(3000)
            let after = File.allocated(data)
            #expect(after < before + (2 << 20), "from \(before) to \(after) bytes")
            #expect(try gateway.proxy("GET", "/lane3/374", timeout: 5).status == 503)  // the route has no service
        }
    }
}

/// A process that dies inside a read transaction of the snapshot, as a worker that is killed at the worst moment.
private final class DeadReader {
    private let pid: pid_t

    private static let script = """
        import ctypes, os, sys, time
        lmdb = ctypes.CDLL("liblmdb.so.0")
        env, txn = ctypes.c_void_p(), ctypes.c_void_p()
        check = lambda code: code and sys.exit(ctypes.string_at(lmdb.mdb_strerror(code)))
        lmdb.mdb_strerror.restype = ctypes.c_void_p
        check(lmdb.mdb_env_create(ctypes.byref(env)))
        check(lmdb.mdb_env_set_mapsize(env, ctypes.c_size_t(1 << 31)))
        check(lmdb.mdb_env_open(env, sys.argv[1].encode(), 0x20000, 0o644))
        check(lmdb.mdb_txn_begin(env, None, 0x20000, ctypes.byref(txn)))
        open(sys.argv[2], "w").close()
        time.sleep(600)
        """

    init(snapshot: String) throws {
        let ready = NSTemporaryDirectory() + "/kong-reader-\(UUID().uuidString)"
        let errors = ready + ".err"
        pid = try Command.spawn(["python3", "-c", Self.script, snapshot, ready], errors: errors)
        try eventually("a reader is inside a transaction: \(File.text(errors))") { access(ready, F_OK) == 0 }
        unlink(ready)
        unlink(errors)
    }

    func die() {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    deinit { kill(pid, SIGKILL) }
}
