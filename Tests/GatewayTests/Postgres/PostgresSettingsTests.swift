import Foundation
import KongCore
import KongTesting
import Testing

@Suite("pg_* settings against a real server", .serialized, .enabled(if: PostgresServer.isInstalled))
struct PostgresSettingsTests {
    /// A server whose TCP connections follow these rules of pg_hba.conf.
    private func with(
        _ access: String, _ body: (PostgresScene, [String: String]) throws -> Void
    ) throws {
        let scene = try PostgresScene(server: .speakingTLS(access: access), bootstrapped: false)
        defer { scene.end() }
        // Straight to the server: the certificate is for its address all the same.
        try body(scene, scene.server.settings(scene.database))
    }

    private func kong(
        _ scene: PostgresScene, _ settings: [String: String], _ arguments: [String] = ["migrations", "bootstrap"],
        extra: [String: String] = [:]
    ) throws -> CommandResult {
        try scene.gateway(settings).kong(arguments, timeout: 30, extra: extra)
    }

    @Test("pg_ssl: the node's connections are encrypted; pg_ssl_verify: by who it should be")
    func tls() throws {
        try with("hostssl all all 127.0.0.1/32 trust") { scene, settings throws in
            let plain = try kong(scene, settings)
            #expect(plain.status == 1)
            #expect(plain.errors.contains("check pg_ssl"), "\(plain.errors)")

            let encrypted = settings.merging(["pg_ssl": "on"]) { $1 }
            let verified = encrypted.merging(["pg_ssl_verify": "on"]) { $1 }
            let stranger = try kong(scene, verified)
            #expect(stranger.status == 1)
            #expect(stranger.errors.contains("certificate verify failed"), "\(stranger.errors)")
            #expect(stranger.errors.contains("lua_ssl_trusted_certificate"))

            let trusted = verified.merging(["lua_ssl_trusted_certificate": scene.server.authority]) { $1 }
            #expect(try kong(scene, trusted).status == 0)
            let elsewhere = try kong(scene, trusted.merging(["pg_host": "localhost"]) { $1 }, ["migrations", "list"])
            #expect(elsewhere.status == 1)
            #expect(elsewhere.errors.contains("localhost"), "\(elsewhere.errors)")

            let several = verified.merging(["lua_ssl_trusted_certificate": "system," + scene.server.authority]) { $1 }
            let gateway = try scene.started(several)
            #expect(try gateway.admin("POST", "/services", ["host": "h.test"]).status == 201)
            let isEncrypted = try scene.query(
                """
                SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                WHERE application_name = 'kong'
                """)
            #expect(isEncrypted == ["t"])
            let missing = try kong(
                scene, verified.merging(["lua_ssl_trusted_certificate": "/no/such/file"]) { $1 })
            #expect(missing.status == 1)
            #expect(missing.errors.contains("/no/such/file"), "\(missing.errors)")
        }
    }

    @Test("pg_ssl = on never goes on in plain text")
    func noTLS() throws {
        try withPostgres { postgres throws in
            let done = try kong(postgres, ["pg_ssl": "on"], ["migrations", "list"])
            #expect(done.status == 1)
            #expect(done.errors.contains("does not support SSL"), "\(done.errors)")
        }
    }

    @Test("a client certificate is taken from libpq's own variables")
    func clientCertificate() throws {
        try with("hostssl all kong 127.0.0.1/32 cert") { scene, settings throws in
            let settings = settings.merging(["pg_ssl": "on"]) { $1 }
            #expect(try kong(scene, settings).status == 1)
            let variables = ["PGSSLCERT": scene.server.clientCertificate, "PGSSLKEY": scene.server.clientKey]
            let done = try kong(scene, settings, extra: variables)
            #expect(done.status == 0, "\(done.text)")
        }
    }

    @Test("pg_password, also from a vault; a wrong one is refused and never shown")
    func password() throws {
        try with("host all all 127.0.0.1/32 scram-sha-256") { scene, settings throws in
            try scene.query("ALTER ROLE kong PASSWORD 'p@ss ''word'")
            #expect(try kong(scene, settings).status == 1)
            let wrong = try kong(scene, settings.merging(["pg_password": "guessed-secret"]) { $1 })
            #expect(wrong.status == 1)
            #expect(wrong.errors.contains("password authentication failed"), "\(wrong.errors)")
            #expect(!wrong.text.contains("guessed-secret"))

            let gateway = try scene.gateway(settings.merging(["pg_password": "{vault://env/pg-secret}"]) { $1 })
            try gateway.start(["--run-migrations"], extra: ["PG_SECRET": "p@ss 'word"])
            #expect(try gateway.admin("GET", "/services").status == 200)
            let shown = try gateway.admin("GET", "/").text
            #expect(!shown.contains("p@ss"))
            #expect(!File.text(gateway.adminLog).contains("p@ss"))
        }
    }

    @Test("pg_schema: made by bootstrap, and everything stays inside")
    func schema() throws {
        try withPostgres(bootstrapped: false) { postgres throws in
            let gateway = try postgres.gateway(["pg_schema": "Gate\"way"])
            try gateway.start(["--run-migrations"])
            let scene = gateway.scene(postgres.upstream)
            try scene.route()
            #expect(try scene.get().status == 200)
            let inside = try postgres.query("SELECT name FROM \"Gate\"\"way\".services")
            #expect(inside == ["own"])
            #expect(
                try postgres.query("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
                    == ["0"])
        }
    }

    @Test("pg_host as the folder of a Unix socket")
    func unixSocket() throws {
        try withPostgres { postgres throws in
            let gateway = try postgres.started(
                ["pg_host": postgres.server.folder, "pg_port": "\(postgres.server.port)"])
            #expect(try gateway.admin("POST", "/services", ["host": "h.test"]).status == 201)
        }
    }

    @Test("what cannot have an effect is reported once")
    func inert() throws {
        try withPostgres { postgres throws in
            let gateway = try postgres.gateway(["pg_ro_host": "127.0.0.1", "pg_ro_pool_size": "3"])
            let done = try gateway.kong(["start"])
            #expect(done.errors.components(separatedBy: "pg_ro_pool_size").count == 2, "\(done.errors)")
            #expect(!done.errors.contains("pg_ro_host"))
        }
    }
}
