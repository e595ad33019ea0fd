import Foundation
import KongCore
import KongTesting
import Testing

@testable import KongStore

@Suite("several nodes on one Postgres", .enabled(if: PostgresServer.isInstalled))
struct ClusterTests {
    /// One node: a store with a sink of its own.
    private struct Node {
        let store: EntityStore
        let sink: RecordingSink

        init(_ settings: PostgresSettings) async throws {
            var own = settings
            own.nodeID = RandomText.uuid()
            sink = RecordingSink()
            store = EntityStore(backend: try PostgresBackend(own), context: Clock().context, sink: sink)
            try await store.start()
        }

        func stop() {
            store.stop()
            store.backend.close()
        }

        var services: Set<String> {
            sink.state.withLock { state in
                Set(
                    state.entities.filter { $0.key.hasPrefix("services ") }.compactMap { $0.value["name"]?.stringValue }
                )
            }
        }

        /// Waits until the sink holds these services.
        func holds(_ names: Set<String>, within seconds: Double = 10) async throws -> Bool {
            let deadline = ContinuousClock.now + .seconds(seconds)
            while ContinuousClock.now < deadline {
                if services == names { return true }
                try await Task.sleep(for: .milliseconds(5))
            }
            return false
        }

        func insert(_ name: String) async throws {
            try await store.insert("services", ["name": .string(name), "host": "h.test"])
        }
    }

    private func database() throws -> PostgresSettings {
        let settings = try #require(PostgresServer.shared).freshDatabase()
        try PostgresMigrations(settings).bootstrap()
        return settings
    }

    @Test("a change on one node reaches the other's sink by notification")
    func propagation() async throws {
        var settings = try database()
        settings.pollSeconds = 3600
        let one = try await Node(settings), two = try await Node(settings)
        defer { one.stop(); two.stop() }
        // The listeners connect beside `start`.
        try await Task.sleep(for: .milliseconds(500))
        try await one.insert("a")
        #expect(try await two.holds(["a"]))
        try await two.store.update("services", key: .field("name", "a"), ["name": "b"])
        #expect(try await one.holds(["b"]))
        #expect(one.sink.state.withLock { $0.rebuilds } == 1)
        try await one.store.delete("services", key: .field("name", "b"))
        #expect(try await two.holds([]))
    }

    @Test("concurrent writers on two nodes lose and duplicate nothing, and both sinks end up equal")
    func concurrentWriters() async throws {
        let settings = try database()
        let nodes = [try await Node(settings), try await Node(settings)]
        defer { nodes.forEach { $0.stop() } }
        let outcomes = await withTaskGroup(of: Int?.self) { group in
            for number in 0..<120 {
                // Each name on both nodes: one of them must be refused.
                for node in nodes { group.addTask { await refusal { try await node.insert("s\(number)") }?.code } }
            }
            return await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 120)
        #expect(outcomes.count { $0 == 5 } == 120)
        let names = Set((0..<120).map { "s\($0)" })
        for node in nodes { #expect(try await node.holds(names)) }
        let versions = nodes.map { $0.sink.state.withLock { $0.version } }
        #expect(versions[0] == versions[1])
    }

    @Test("what a Kong or a psql writes is seen too, and Kong is told what we write")
    func besideKong() async throws {
        let settings = try database()
        let node = try await Node(settings)
        defer { node.stop() }
        let connection = try PostgresConnection(settings)
        let workspace = node.store.workspace
        try connection.query(
            """
            INSERT INTO services (id, name, host, port, protocol, ws_id, created_at, updated_at)
            VALUES ($1::uuid, 'theirs', 'h', 80, 'http', $2::uuid, now(), now())
            """, [RandomText.uuid(), workspace])
        #expect(try await node.holds(["theirs"]))
        try await node.insert("ours")
        let events = try connection.query("SELECT channel, data, node_id::text FROM cluster_events")
        let id = try await node.store.select("services", where: "name", equals: "ours")?["id"]?.stringValue
        #expect(
            events.contains {
                $0[0] == "invalidations_kong_core_db_cache"
                    && $0[1] == "services:\(id ?? ""):::::\(workspace)"
            })
        try await node.store.insert("routes", ["name": "r", "paths": ["/"]])
        #expect(try connection.query("SELECT count(*) FROM cluster_events WHERE data = 'router:version'") == [["1"]])
        #expect(try await node.store.page("services").data.count == 2)
        #expect(
            try connection.query("SELECT count(*) FROM services WHERE ws_id IS NULL OR updated_at IS NULL") == [["0"]])
    }

    @Test("rows that a trigger deletes behind an insert leave every sink")
    func expiredByTrigger() async throws {
        let settings = try database()
        let node = try await Node(settings)
        defer { node.stop() }
        let consumer = try await node.store.insert("consumers", ["username": "c"])
        let owner: JSONValue = ["id": consumer["id"] ?? .null]
        func credentials() -> Int {
            node.sink.state.withLock { $0.entities.keys.count { $0.hasPrefix("keyauth_credentials") } }
        }
        try await node.store.insert("keyauth_credentials", ["consumer": owner, "ttl": 1000])
        try await node.store.insert("keyauth_credentials", ["consumer": owner])
        #expect(credentials() == 2)
        // Behind the log's back, as time would do it.
        let connection = try PostgresConnection(settings)
        try connection.script(
            """
            BEGIN; SET session_replication_role = replica;
            UPDATE keyauth_credentials SET ttl = now() - interval '1 minute' WHERE ttl IS NOT NULL; COMMIT
            """)
        try await node.store.insert("keyauth_credentials", ["consumer": owner])
        #expect(credentials() == 2)
    }

    @Test("a change log that was cleared means a rebuild, not a gap")
    func clearedLog() async throws {
        var settings = try database()
        settings.pollSeconds = 3600
        let node = try await Node(settings)
        let other = try await Node(settings)
        defer { node.stop(); other.stop() }
        other.store.backend.close()
        try await Task.sleep(for: .milliseconds(500))
        try await node.insert("a")
        try PostgresConnection(settings).query("DELETE FROM kong_change_log")
        try PostgresConnection(settings).query("UPDATE kong_change_version SET forgotten = version")
        try await other.store.catchUp()
        #expect(other.services == ["a"])
        #expect(other.sink.state.withLock { $0.rebuilds } == 2)
    }
}

@Suite("a Postgres that fails", .serialized, .enabled(if: PostgresServer.isInstalled))
struct OutageTests {
    @Test("nobody listening: an error that says so, at once")
    func nothingThere() {
        var settings = PostgresSettings()
        settings.port = 22_999
        let start = ContinuousClock.now
        #expect(throws: PostgresError.self) { try PostgresBackend(settings) }
        #expect(start.duration(to: .now) < .seconds(2))
    }

    @Test("a server that accepts and never answers costs one timeout")
    func blackHole() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) }
        }
        #expect(bound == 0)
        #expect(listen(listener, 8) == 0)
        var length = size
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        var settings = PostgresSettings()
        settings.port = Int(UInt16(bigEndian: address.sin_port))
        settings.timeoutMilliseconds = 300
        let start = ContinuousClock.now
        #expect(throws: PostgresError.self) { try PostgresConnection(settings) }
        #expect(start.duration(to: .now) < .seconds(3))
    }

    @Test("a lost connection is 503 once at most; the next write goes through and nothing is half done")
    func terminated() async throws {
        let settings = try #require(PostgresServer.shared).freshDatabase()
        try PostgresMigrations(settings).bootstrap()
        let sink = RecordingSink()
        let store = EntityStore(backend: try PostgresBackend(settings), context: Clock().context, sink: sink)
        try await store.start()
        defer { store.stop(); store.backend.close() }
        var acknowledged = Set<String>()
        for number in 0..<60 {
            if number % 10 == 5 {
                var admin = settings
                admin.database = "postgres"
                try PostgresConnection(admin).query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [settings.database])
            }
            let error = await refusal {
                try await store.insert("services", ["name": .string("s\(number)"), "host": "h.test"])
            }
            if let error {
                #expect(error.httpStatus == 503, "\(error.message)")
            } else {
                acknowledged.insert("s\(number)")
            }
        }
        let stored = Set(
            try await store.page("services", PageRequest(size: 1000)).data.compactMap { $0["name"]?.stringValue })
        #expect(acknowledged.subtracting(stored).isEmpty)
        #expect(acknowledged.count >= 50)
        try await store.catchUp()
        let held = Set(
            sink.state.withLock { $0.entities.values.compactMap { $0["host"] == nil ? nil : $0["name"]?.stringValue } })
        #expect(held == stored)
    }

    @Test("a server that crashes and comes back: 503 meanwhile, nothing acknowledged lost, both nodes go on")
    func restarted() async throws {
        let server = try PostgresServer()
        defer { server.remove() }
        let settings = try server.freshDatabase()
        try PostgresMigrations(settings).bootstrap()
        var nodes: [(store: EntityStore, sink: RecordingSink)] = []
        for _ in 0..<2 {
            var own = settings
            own.nodeID = RandomText.uuid()
            let sink = RecordingSink()
            nodes.append((EntityStore(backend: try PostgresBackend(own), context: Clock().context, sink: sink), sink))
            try await nodes[nodes.count - 1].store.start()
        }
        defer { nodes.forEach { $0.store.close() } }
        let acknowledged = Acknowledged()
        let writers = Task { [stores = nodes.map(\.store)] in
            await withTaskGroup(of: Void.self) { group in
                for (index, store) in stores.enumerated() {
                    group.addTask {
                        for number in 0... {
                            if Task.isCancelled { return }
                            let name = "node\(index)-\(number)"
                            let error = await refusal {
                                try await store.insert("services", ["name": .string(name), "host": "h.test"])
                            }
                            if error == nil {
                                acknowledged.add(name)
                            } else {
                                acknowledged.refused(error?.httpStatus ?? 0)
                                // What was refused may yet be there; it must not be there twice.
                                try? await Task.sleep(for: .milliseconds(20))
                            }
                        }
                    }
                }
            }
        }
        try await Task.sleep(for: .milliseconds(300))
        try server.stop("immediate")
        try await Task.sleep(for: .milliseconds(300))
        let during = acknowledged.names.count
        try server.start()
        let deadline = ContinuousClock.now + .seconds(20)
        while acknowledged.names.count < during + 20, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        writers.cancel()
        await writers.value
        #expect(acknowledged.names.count >= during + 20)
        #expect(acknowledged.statuses == [503])
        var stored = Set<String>()
        try await nodes[0].store.page("services", PageRequest(size: 1000)).data.forEach {
            stored.insert($0["name"]?.stringValue ?? "")
        }
        #expect(acknowledged.names.subtracting(stored).isEmpty)
        for node in nodes {
            try await node.store.catchUp()
            let held = node.sink.state.withLock { state in
                Set(state.entities.values.compactMap { $0["host"] == nil ? nil : $0["name"]?.stringValue })
            }
            #expect(held == stored)
        }
    }

    @Test("TLS: taken when asked for, verified when asked for")
    func tls() throws {
        let server = try PostgresServer.speakingTLS()
        defer { server.remove() }
        var settings = try server.freshDatabase()
        let isEncrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        #expect(try PostgresConnection(settings).query(isEncrypted) == [["f"]])
        settings.tls = true
        #expect(try PostgresConnection(settings).query(isEncrypted) == [["t"]])
        settings.tlsVerify = true
        #expect(throws: PostgresError.self) { try PostgresConnection(settings) }
        settings.certificateAuthorities = server.authority
        #expect(try PostgresConnection(settings).query(isEncrypted) == [["t"]])
        settings.host = "localhost"
        #expect(throws: PostgresError.self) { try PostgresConnection(settings) }
    }
}

private final class Acknowledged: @unchecked Sendable {  // `lock` guards both
    private let lock = NSLock()
    private var known = Set<String>()
    private var codes = Set<Int>()
    var names: Set<String> { lock.withLock { known } }
    var statuses: Set<Int> { lock.withLock { codes } }
    func add(_ name: String) { lock.withLock { _ = known.insert(name) } }
    func refused(_ status: Int) { lock.withLock { _ = codes.insert(status) } }
}
