import Foundation
import KongCore
import KongTesting
import Synchronization
import Testing

@testable import KongStore

@Suite("a Postgres that fails", .serialized, .enabled(if: PostgresServer.isInstalled))
struct OutageTests {
    @Test("nobody listening: an error that says so, at once")
    func nothingThere() {
        // Bound, so that nobody else takes it, and without a listener.
        let (descriptor, port) = Self.bound()
        defer { close(descriptor) }
        var settings = PostgresSettings()
        settings.port = port
        settings.timeoutMilliseconds = 120_000
        let start = ContinuousClock.now
        #expect(throws: PostgresError.self) { try PostgresBackend(settings) }
        // No timeout was waited for.
        #expect(start.duration(to: .now) < .seconds(60))
    }

    /// A socket on a free port of loopback.
    private static func bound() -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                #expect(bind(descriptor, $0, length) == 0)
                #expect(getsockname(descriptor, $0, &length) == 0)
            }
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    @Test("a server that accepts and never answers costs one timeout")
    func blackHole() throws {
        let (listener, port) = Self.bound()
        defer { close(listener) }
        #expect(listen(listener, 8) == 0)
        var settings = PostgresSettings()
        settings.port = port
        settings.timeoutMilliseconds = 300
        let start = ContinuousClock.now
        #expect(throws: PostgresError.self) { try PostgresConnection(settings) }
        #expect(start.duration(to: .now) >= .milliseconds(250))
        // It was tried once.
        #expect(fcntl(listener, F_SETFL, O_NONBLOCK) == 0)
        let first = accept(listener, nil, nil)
        #expect(first >= 0)
        close(first)
        #expect(accept(listener, nil, nil) == -1 && errno == EAGAIN)
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
        let stored = try await Self.names(in: store)
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
                            if let error {
                                acknowledged.refused(error.httpStatus, by: index)
                                // What was refused may yet be there; it must not be there twice.
                                try? await Task.sleep(for: .milliseconds(20))
                            } else {
                                acknowledged.add(name)
                            }
                        }
                    }
                }
            }
        }
        defer { writers.cancel() }
        try await waitUntil("some are acknowledged") { acknowledged.names.count >= 20 }
        try server.stop("immediate")
        try await waitUntil("both nodes refuse") { acknowledged.refusing == [0, 1] }
        let before = acknowledged.names
        try server.start()
        try await waitUntil("both nodes go on") {
            let since = acknowledged.names.subtracting(before)
            return ["node0-", "node1-"].allSatisfy { node in since.count { $0.hasPrefix(node) } >= 10 }
        }
        writers.cancel()
        await writers.value
        #expect(acknowledged.statuses == [503])
        let stored = try await Self.names(in: nodes[0].store)
        #expect(acknowledged.names.subtracting(stored).isEmpty)
        for node in nodes {
            try await node.store.catchUp()
            let held = node.sink.state.withLock { state in
                Set(state.entities.values.compactMap { $0["host"] == nil ? nil : $0["name"]?.stringValue })
            }
            #expect(held == stored)
        }
    }

    private static func names(in store: EntityStore) async throws -> Set<String> {
        let found = Collected()
        try await store.forEach("services") { found.add($0["name"]?.stringValue ?? "") }
        return Set(found.all)
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

/// What clients were told.
private final class Acknowledged: Sendable {
    private struct State {
        var names = Set<String>()
        var statuses = Set<Int>()
        var refusing = Set<Int>()
    }

    private let state = Mutex(State())

    var names: Set<String> { state.withLock { $0.names } }
    var statuses: Set<Int> { state.withLock { $0.statuses } }
    /// The nodes that refused.
    var refusing: Set<Int> { state.withLock { $0.refusing } }

    func add(_ name: String) { state.withLock { _ = $0.names.insert(name) } }

    func refused(_ status: Int, by node: Int) {
        state.withLock {
            $0.statuses.insert(status)
            $0.refusing.insert(node)
        }
    }
}
