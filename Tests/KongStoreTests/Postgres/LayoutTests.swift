import Foundation
import KongCore
import KongTesting
import Testing

@testable import KongStore

@Suite("our layout is Kong 3.9's", .enabled(if: PostgresServer.isInstalled))
struct LayoutTests {
    /// What a catalogue says about one aspect, one line per object; what only this gateway adds is left out.
    private static let aspects: [(name: String, sql: String)] = [
        (
            "columns",
            """
            SELECT table_name, ordinal_position, column_name, data_type, udt_name, is_nullable, column_default
            FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'kong\\_change\\_%'
            """
        ),
        (
            "indexes",
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'kong\\_change\\_%'"
        ),
        (
            "constraints",
            """
            SELECT conrelid::regclass, conname, contype, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'kong\\_change\\_%'
            """
        ),
        (
            "triggers",
            """
            SELECT pg_get_triggerdef(oid) FROM pg_trigger
            WHERE NOT tgisinternal AND tgname <> 'kong_change_log_trigger'
            """
        ),
        (
            "sequences",
            """
            SELECT sequencename, data_type, start_value, min_value, max_value, increment_by, cycle, cache_size
            FROM pg_sequences WHERE schemaname = 'public'
            """
        ),
        (
            "functions",
            """
            SELECT proname, pg_get_function_result(oid), pg_get_function_arguments(oid) FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace AND proname NOT LIKE 'kong\\_%'
            """
        ),
        ("migrations", "SELECT key, subsystem, last_executed, executed, pending FROM schema_meta"),
        ("parameters", "SELECT key, length(value), created_at FROM parameters"),
        ("workspaces", "SELECT name, comment, meta, config FROM workspaces"),
    ]

    @Test("a database made here and one that Kong made have the same catalogue", arguments: aspects.map(\.name))
    func catalogue(aspect: String) throws {
        let server = try #require(PostgresServer.shared)
        let ours = try server.freshDatabase()
        try PostgresMigrations(ours).bootstrap()
        let theirs = try server.makeDatabase()
        try server.load(Product.root + "/Tests/Fixtures/kong-3.9.sql", into: theirs)
        let sql = try #require(Self.aspects.first { $0.name == aspect }?.sql)
        let here = Set(try server.query(sql, in: ours.database))
        let there = Set(try server.query(sql, in: theirs))
        #expect(!there.isEmpty)
        #expect(here.subtracting(there).sorted() == [], "only in ours")
        #expect(there.subtracting(here).sorted() == [], "only in Kong's")
    }
}
