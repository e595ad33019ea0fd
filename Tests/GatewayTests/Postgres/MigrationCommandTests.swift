import Foundation
import KongCore
import KongTesting
import Testing

@Suite("kong migrations", .enabled(if: PostgresServer.isInstalled))
struct MigrationCommandTests {
    private static let server = Result { try PostgresServer() }

    private func empty(_ body: (PostgresScene, Gateway) throws -> Void) throws {
        let scene = try PostgresScene(server: Self.server.get(), bootstrapped: false)
        let gateway = try scene.gateway()
        defer { gateway.discard() }
        try body(scene, gateway)
    }

    @Test("several nodes bootstrap at once: one does it, the others wait and say that it is done")
    func atOnce() throws {
        try empty { postgres, gateway throws in
            let outputs = Locked<[String]>([])
            try concurrently(4) { _ in
                let done = try gateway.kong(["migrations", "bootstrap"])
                guard done.status == 0 else { throw HarnessError(done.text) }
                outputs.mutate { $0.append(done.output) }
            }
            #expect(outputs.value.count { $0.contains("Database is up-to-date") } == 1)
            #expect(outputs.value.count { $0.contains("Database already bootstrapped") } == 3)
            #expect(try postgres.query("SELECT count(*) FROM workspaces") == ["1"])
            try gateway.start()
            #expect(try gateway.admin("GET", "/services").status == 200)
        }
    }

    @Test("another node holds the lock for too long: said, and nothing done")
    func locked() throws {
        try empty { postgres, gateway throws in
            let isOver = Locked(false)
            let holder = Background { [server = postgres.server, database = postgres.database] _ in
                if isOver.value { return }
                // Ended below, which psql calls an error.
                _ = try? server.query("SELECT pg_advisory_lock(\(0x4B6F_6E67)), pg_sleep(60)", in: database)
            }
            let holders = """
                FROM pg_locks JOIN pg_database ON pg_database.oid = database
                WHERE locktype = 'advisory' AND granted AND datname = current_database()
                """
            try eventually("the lock is held") { try postgres.query("SELECT count(*) " + holders) == ["1"] }
            let done = try gateway.kong(["migrations", "bootstrap", "--lock-timeout", "1"])
            #expect(done.status == 1)
            #expect(done.errors.contains("another node is performing database changes"), "\(done.text)")
            isOver.mutate { $0 = true }
            try postgres.query("SELECT pg_terminate_backend(pid) " + holders)
            try holder.stop()
        }
    }

    /// A database that Kong left at another release.
    private func changed(_ sql: String, _ body: (PostgresScene, Gateway) throws -> Void) throws {
        try empty { postgres, gateway throws in
            try postgres.server.load(Product.root + "/Tests/Fixtures/kong-3.9.sql", into: postgres.database)
            try postgres.query(sql)
            try body(postgres, gateway)
        }
    }

    @Test("an older Kong's database: refused with its release, what is missing and what to do")
    func older() throws {
        let downgrade = """
            UPDATE schema_meta SET executed = executed[1:array_position(executed, '020_330_to_340')]
            WHERE subsystem = 'core'; DELETE FROM schema_meta WHERE subsystem = 'ai-proxy'
            """
        try changed(downgrade) { postgres, gateway throws in
            for command in [["start"], ["start", "--run-migrations"], ["migrations", "up"]] {
                let done = try gateway.kong(command)
                #expect(done.status == 1, "\(command)")
                for words in ["Kong 3.4's", "021_340_to_350", "ai-proxy", "kong migrations finish"] {
                    #expect(done.errors.contains(words), "\(command): \(done.errors)")
                }
            }
            #expect(
                try gateway.kong(["start"]).errors.contains(
                    "New migrations available; run 'kong migrations up' to proceed"))
            #expect(try gateway.kong(["migrations", "list"]).status == 5)
            #expect(gateway.masterPID == nil && gateway.adminPID == nil)
            #expect(try postgres.query("SELECT to_regclass('kong_change_log') IS NULL") == ["t"])
        }
    }

    @Test("pending migrations: started with a warning, listed with 4, finished")
    func pending() throws {
        let undo = """
            UPDATE schema_meta SET executed = array_remove(executed, '024_380_to_390'), pending = '{024_380_to_390}'
            WHERE subsystem = 'core'
            """
        try changed(undo) { postgres, gateway throws in
            #expect(try gateway.kong(["migrations", "list"]).status == 4)
            let done = try gateway.kong(["start"])
            #expect(done.status == 0 && done.errors.contains("kong migrations finish"), "\(done.text)")
            #expect(try gateway.kong(["migrations", "finish"]).status == 0)
            #expect(try gateway.kong(["migrations", "list"]).status == 0)
            #expect(
                try postgres.query("SELECT last_executed, pending FROM schema_meta WHERE subsystem = 'core'")
                    == ["024_380_to_390|{}"])
        }
    }

    @Test("a later Kong's database: used, with a warning")
    func later() throws {
        let upgrade = "UPDATE schema_meta SET executed = executed || '{025_390_to_3100}' WHERE subsystem = 'core'"
        try changed(upgrade) { _, gateway throws in
            let done = try gateway.kong(["start"])
            #expect(done.status == 0)
            #expect(done.errors.contains("later release (core 025_390_to_3100)"), "\(done.errors)")
            #expect(try gateway.admin("GET", "/services").status == 200)
        }
    }

    @Test("an empty database: start refuses and says what to run; with --run-migrations it starts")
    func emptyDatabase() throws {
        try empty { _, gateway throws in
            let done = try gateway.kong(["start"])
            #expect(done.status == 1)
            #expect(done.errors.contains("Database needs bootstrapping or is older than Kong 1.0."), "\(done.errors)")
            #expect(done.errors.contains("kong migrations bootstrap"))
            #expect(try gateway.kong(["migrations", "list"]).status == 3)
            try gateway.start(["--run-migrations"])
            #expect(try gateway.kong(["migrations", "list"]).status == 0)
        }
    }
}
