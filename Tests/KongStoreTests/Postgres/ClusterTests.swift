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

        /// - Parameter follows: whether it hears of what others write; else it finds out when it is asked to.
        init(_ settings: PostgresSettings, follows: Bool = true) async throws {
            var own = settings
            own.nodeID = RandomText.uuid()
            sink = RecordingSink()
            store = EntityStore(backend: try PostgresBackend(own), context: Clock().context, sink: sink)
            if follows { try await store.start() } else { try await store.writer.synchronise() }
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
        func holds(_ names: Set<String>) async throws {
            try await waitUntil("the sink holds \(names.count) services") { services == names }
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
        try await waitUntil("both listen") {
            try PostgresConnection(settings).query(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND query = 'LISTEN kong_changes' AND state = 'idle'
                """) == [["2"]]
        }
        try await one.insert("a")
        try await two.holds(["a"])
        try await two.store.update("services", key: .field("name", "a"), ["name": "b"])
        try await one.holds(["b"])
        #expect(one.sink.state.withLock { $0.rebuilds } == 1)
        try await one.store.delete("services", key: .field("name", "b"))
        try await two.holds([])
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
        for node in nodes { try await node.holds(names) }
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
        try await node.holds(["theirs"])
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
        let settings = try database()
        let node = try await Node(settings)
        let other = try await Node(settings, follows: false)
        defer { node.stop(); other.stop() }
        try await node.insert("a")
        try PostgresConnection(settings).query("DELETE FROM kong_change_log")
        try PostgresConnection(settings).query("UPDATE kong_change_version SET forgotten = version")
        try await other.store.catchUp()
        #expect(other.services == ["a"])
        #expect(other.sink.state.withLock { $0.rebuilds } == 2)
    }
}
