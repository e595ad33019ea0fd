import Foundation
import KongCore
import KongTesting
import Testing

@testable import KongStore

@Suite("the limits of Postgres connections", .enabled(if: PostgresServer.isInstalled))
struct PoolTests {
    private func backend(_ change: (inout PostgresSettings) -> Void) throws -> (PostgresBackend, PostgresSettings) {
        var settings = try #require(PostgresServer.shared).freshDatabase()
        try PostgresMigrations(settings).bootstrap()
        change(&settings)
        return (try PostgresBackend(settings), settings)
    }

    /// Holds a connection until the gate is open.
    private func hold(_ backend: PostgresBackend, _ gate: Gate) async throws {
        try await backend.read { _ in gate.pass() }
    }

    private func ask(_ backend: PostgresBackend) async throws {
        try await backend.read { _ in }
    }

    @Test("pg_max_concurrent_queries and pg_semaphore_timeout: the second waits, and not for ever")
    func turns() async throws {
        let (backend, _) = try backend {
            $0.concurrencyLimit = 1
            $0.semaphoreTimeoutMilliseconds = 300
        }
        defer { backend.close() }
        let gate = Gate()
        defer { gate.open() }
        async let holding: Void = hold(backend, gate)
        try await gate.isReached()
        let began = ContinuousClock.now
        do {
            try await ask(backend)
            Issue.record("the second read ran beside the first")
        } catch {
            let refusal = backend.dataError(error)
            #expect(refusal.httpStatus == 503 && refusal.message.contains("pg_semaphore_timeout"))
            #expect(began.duration(to: .now) > .milliseconds(200))
        }
        gate.open()
        try await holding
        try await ask(backend)
    }

    @Test("pg_max_concurrent_queries: the second gets its turn when the first is done")
    func nextTurn() async throws {
        let (backend, _) = try backend {
            $0.concurrencyLimit = 1
            $0.semaphoreTimeoutMilliseconds = 60_000
        }
        defer { backend.close() }
        let first = Gate(), second = Gate()
        defer { first.open(); second.open() }
        async let holding: Void = hold(backend, first)
        try await first.isReached()
        async let waiting: Void = hold(backend, second)
        first.open()
        try await holding
        try await second.isReached()
        second.open()
        try await waiting
    }

    @Test("pg_pool_size and pg_backlog: so many at a time, so many waiting, the next is refused")
    func backlog() async throws {
        let (backend, _) = try backend {
            $0.poolSize = 1
            $0.backlog = 1
        }
        defer { backend.close() }
        let gate = Gate()
        defer { gate.open() }
        async let first: Void = hold(backend, gate)
        try await gate.isReached()
        // One of these waits, whichever comes first; the other is told at once.
        let others = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do { try await ask(backend) } catch { return backend.dataError(error).message }
                    return nil
                }
            }
            let told = try await group.next() ?? nil
            gate.open()
            return [told, try await group.next() ?? nil]
        }
        #expect(others[0]?.contains("pg_backlog") == true)
        #expect(others[1] == nil)
        try await first
    }

    @Test("pg_keepalive_timeout: an idle connection is kept so long, then closed; the next read makes another")
    func keepalive() async throws {
        let keptMilliseconds = 1000
        let (backend, settings) = try backend {
            $0.poolSize = 1
            $0.keepaliveMilliseconds = keptMilliseconds
        }
        defer { backend.close() }
        let server = try #require(PostgresServer.shared)
        func connections() throws -> [String] {
            try server.query(
                "SELECT pid FROM pg_stat_activity WHERE datname = '\(settings.database)' AND application_name = 'kong'",
                in: "postgres")
        }
        /// The one connection of a read that stands at the gate; those that made the database may yet be ending.
        func connection(at gate: Gate) async throws -> String {
            try await gate.isReached()
            try await waitUntil("one connection is there") { try connections().count == 1 }
            return try #require(try connections().first)
        }
        let one = Gate(), other = Gate()
        defer { one.open(); other.open() }
        async let reading: Void = hold(backend, one)
        let before = try await connection(at: one)
        let idle = ContinuousClock.now
        one.open()
        try await reading
        try await waitUntil("the idle connection is closed") { try connections().isEmpty }
        #expect(idle.duration(to: .now) > .milliseconds(keptMilliseconds - 50))
        async let again: Void = hold(backend, other)
        #expect(try await connection(at: other) != before)
        other.open()
        try await again
    }
}
