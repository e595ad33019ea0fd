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

    /// Holds a connection for a while.
    private func hold(_ backend: PostgresBackend, _ milliseconds: UInt32) async throws {
        try await backend.read { _ in _ = usleep(milliseconds * 1000) }
    }

    @Test("pg_max_concurrent_queries and pg_semaphore_timeout: the second waits, and not for ever")
    func turns() async throws {
        let (backend, _) = try backend {
            $0.concurrencyLimit = 1
            $0.semaphoreTimeoutMilliseconds = 300
        }
        defer { backend.close() }
        async let holding: Void = hold(backend, 1500)
        try await Task.sleep(for: .milliseconds(300))
        let began = ContinuousClock.now
        do {
            try await hold(backend, 0)
            Issue.record("the second read ran beside the first")
        } catch {
            let refusal = backend.dataError(error)
            #expect(refusal.httpStatus == 503 && refusal.message.contains("pg_semaphore_timeout"))
            #expect(began.duration(to: .now) > .milliseconds(200))
        }
        try await holding
        try await hold(backend, 0)
    }

    @Test("pg_pool_size and pg_backlog: so many at a time, so many waiting, the next is refused")
    func backlog() async throws {
        let (backend, _) = try backend {
            $0.poolSize = 1
            $0.backlog = 1
        }
        defer { backend.close() }
        async let first: Void = hold(backend, 800)
        try await Task.sleep(for: .milliseconds(200))
        async let second: Void = hold(backend, 0)
        try await Task.sleep(for: .milliseconds(200))
        do {
            try await hold(backend, 0)
            Issue.record("a third read was taken")
        } catch { #expect(backend.dataError(error).message.contains("pg_backlog")) }
        try await first
        try await second
    }

    @Test("pg_keepalive_timeout: an idle connection is closed, and the next read makes another")
    func keepalive() async throws {
        let (backend, settings) = try backend {
            $0.poolSize = 1
            // Long enough to be seen, also by a slow machine.
            $0.keepaliveMilliseconds = 3000
        }
        defer { backend.close() }
        let server = try #require(PostgresServer.shared)
        func connections() throws -> [String] {
            try server.query(
                "SELECT pid FROM pg_stat_activity WHERE datname = '\(settings.database)' AND application_name = 'kong'",
                in: "postgres")
        }
        try await hold(backend, 0)
        let before = try connections()
        #expect(before.count == 1)
        var left = before
        for _ in 0..<200 where !left.isEmpty {
            try await Task.sleep(for: .milliseconds(100))
            left = try connections()
        }
        #expect(left.isEmpty)
        try await hold(backend, 0)
        #expect(try connections().count == 1)
    }
}
