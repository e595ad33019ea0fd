import Foundation
import KongCore
import KongTesting
import Testing

@Suite("Postgres is away when a node starts", .enabled(if: PostgresServer.isInstalled))
struct StartWithoutPostgresTests {
    /// A node that has served a protected route, stopped.
    private func stopped(_ postgres: PostgresScene) throws -> (Gateway, Scene) {
        let gateway = try postgres.started()
        let scene = gateway.scene(postgres.upstream)
        try scene.route()
        try scene.plugin("key-auth")
        try scene.consumer()
        #expect(try gateway.kong(["stop"]).status == 0)
        return (gateway, scene)
    }

    private func expectLastConfiguration(_ scene: Scene) throws {
        try eventually("the last configuration serves") { (try? scene.get("/", key: "own-ann").status) == 200 }
        #expect(try scene.get().status == 401)
    }

    @Test("a node with a snapshot proxies; the Admin API says 503 and why; Postgres back: it catches up")
    func lastConfiguration() throws {
        try withPostgres { postgres throws in
            let (gateway, scene) = try stopped(postgres)
            try postgres.server.stop()
            let began = Clock.now
            let done = try gateway.kong(["start"])
            #expect(done.status == 0, "\(done.text)")
            #expect(Clock.now - began < 20)
            #expect(done.errors.contains("is not reachable"), "\(done.errors)")
            try expectLastConfiguration(scene)

            for (method, path, body) in [
                ("GET", "/services", nil), ("POST", "/services", ["name": "late", "host": "h.test"] as JSONValue),
            ] {
                let began = Clock.now
                let answer = try gateway.admin(method, path, body)
                #expect(answer.status == 503)
                #expect(
                    answer.json["message"]?.stringValue?.hasPrefix(
                        "Postgres at 127.0.0.1:\(postgres.link.port) ") == true, "\(answer)")
                #expect(Clock.now - began < 5)
            }
            #expect(try gateway.admin("GET", "/").status == 200)
            #expect(try gateway.admin("GET", "/status").json["database"]?["reachable"] == false)

            try postgres.server.start()
            try postgres.query("UPDATE routes SET hosts = '{changed.test}'")
            try eventually("the change is in force") {
                (try? scene.get("/", [HeaderLine("apikey", "own-ann")], host: "changed.test").status) == 200
            }
            #expect(try scene.get().status == 404)
            try eventually("the Admin API writes") {
                try gateway.admin("POST", "/services", ["name": "late", "host": "h.test"]).status == 201
            }
            try eventually("it is reported") { File.text(gateway.adminLog).contains("reachable again") }
        }
    }

    @Test("restart and reload work too")
    func restartAndReload() throws {
        try withPostgres { postgres throws in
            let (gateway, scene) = try stopped(postgres)
            try gateway.start()
            try postgres.server.stop()
            #expect(try gateway.kong(["reload"], extra: ["KONG_LOG_LEVEL": "info"]).status == 0)
            try expectLastConfiguration(scene)
            #expect(try gateway.kong(["restart"]).status == 0)
            try expectLastConfiguration(scene)
            #expect(try gateway.admin("GET", "/routes").status == 503)
        }
    }

    @Test("a node that never served: a clear refusal, nothing left running")
    func neverServed() throws {
        try withPostgres { postgres throws in
            let gateway = try postgres.gateway()
            try postgres.server.stop()
            let done = try gateway.kong(["start"], timeout: 30)
            #expect(done.status == 1)
            for words in ["[PostgreSQL error] Postgres at 127.0.0.1:", "not reachable", "pg_host"] {
                #expect(done.errors.contains(words), "\(done.errors)")
            }
            #expect(gateway.masterPID == nil && gateway.adminPID == nil)
        }
    }

    @Test("a database that comes up a moment later is waited for")
    func late() throws {
        try withPostgres { postgres throws in
            let gateway = try postgres.gateway()
            postgres.link.set(.reset)
            let before = postgres.link.asked
            let opener = Background { [link = postgres.link] _ in
                if link.asked > before + 1 { link.set(.none) }
                usleep(5000)
            }
            try gateway.start()
            try opener.stop()
            #expect(try gateway.admin("GET", "/services").status == 200)
        }
    }

    @Test("another database's configuration is never served")
    func anotherDatabase() throws {
        try withPostgres { postgres throws in
            let (gateway, _) = try stopped(postgres)
            try postgres.server.stop()
            let done = try gateway.kong(["start"], timeout: 30, extra: ["KONG_PG_DATABASE": "another"])
            #expect(done.status == 1)
            #expect(done.errors.contains("no configuration of that database"), "\(done.errors)")
            #expect(gateway.masterPID == nil && gateway.adminPID == nil)
        }
    }

    @Test("a wrong password is no outage")
    func wrongPassword() throws {
        try withPostgres { postgres throws in
            let (gateway, _) = try stopped(postgres)
            let done = try gateway.kong(["start"], extra: ["KONG_PG_USER": "nobody_knows"])
            #expect(done.status == 1)
            #expect(done.errors.contains("check pg_user"), "\(done.errors)")
        }
    }

    @Test("the database comes back empty: said, never served")
    func emptyAfterwards() throws {
        try withPostgres { postgres throws in
            let (gateway, scene) = try stopped(postgres)
            postgres.link.set(.reset)
            #expect(try gateway.kong(["start"]).status == 0)
            try postgres.query("DROP TABLE schema_meta CASCADE")
            postgres.link.set(.none)
            try eventually("it is noticed") {
                try gateway.admin("GET", "/services").json["message"]?.stringValue?.contains("bootstrapping") == true
            }
            try expectLastConfiguration(scene)
        }
    }
}
