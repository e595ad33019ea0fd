import KongCore
import KongTesting
import Testing

@testable import KongStore

@Suite("migrations of a Postgres database", .enabled(if: PostgresServer.isInstalled))
struct MigrationTests {
    @Test("bootstrap makes Kong 3.9's database once; status, finish and reset follow")
    func lifeCycle() throws {
        let settings = try #require(PostgresServer.shared).freshDatabase()
        let migrations = PostgresMigrations(settings)
        #expect(try migrations.state().needsBootstrap)
        #expect(throws: PostgresError.self) { try PostgresBackend(settings) }
        #expect(try migrations.bootstrap()?.flatMap(\.names).count == PostgresLayout.migrations.flatMap(\.names).count)
        #expect(try migrations.bootstrap() == nil)
        #expect(try migrations.state().isUpToDate)
        #expect(try migrations.up().isEmpty)
        let connection = try PostgresConnection(settings)
        try connection.query(
            """
            UPDATE schema_meta SET executed = array_remove(executed, '004_212_to_213'), pending = '{004_212_to_213}'
            WHERE subsystem = 'acl'
            """)
        #expect(try migrations.state().pending.map(\.subsystem) == ["acl"])
        #expect(try migrations.finish().first?.names == ["004_212_to_213"])
        #expect(try migrations.state().isUpToDate)
        #expect(try migrations.reset())
        #expect(try migrations.state().needsBootstrap)
        #expect(try migrations.reset() == false)
    }

    @Test("a database of an older Kong is refused with what to do, a newer one accepted")
    func otherReleases() throws {
        let settings = try #require(PostgresServer.shared).freshDatabase()
        let migrations = PostgresMigrations(settings)
        try migrations.bootstrap()
        let connection = try PostgresConnection(settings)
        try connection.query(
            "UPDATE schema_meta SET executed = executed || '{025_390_to_3100}' WHERE subsystem = 'core'")
        _ = try PostgresBackend(settings)
        try connection.query("UPDATE schema_meta SET executed = array_remove(executed, '024_380_to_390')")
        #expect(throws: PostgresError.self) { try PostgresBackend(settings) }
        do { _ = try migrations.up() } catch { #expect(error.description.contains("Kong 3.9")) }
    }

    @Test("two nodes that bootstrap at once make one database")
    func concurrent() async throws {
        let settings = try #require(PostgresServer.shared).freshDatabase()
        let made = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 { group.addTask { try PostgresMigrations(settings).bootstrap() != nil } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(made == 1)
        #expect(try PostgresConnection(settings).query("SELECT count(*) FROM workspaces") == [["1"]])
    }
}
