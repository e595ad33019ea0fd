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
            let holder = Background { [server = postgres.server, database = postgres.database] _ in
                try server.query("SELECT pg_advisory_lock(\(0x4B6F_6E67)), pg_sleep(4)", in: database)
            }
            usleep(500_000)
            let done = try gateway.kong(["migrations", "bootstrap", "--lock-timeout", "1"])
            #expect(done.status == 1)
            #expect(done.errors.contains("another node is performing database changes"), "\(done.text)")
            try holder.stop()
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
