import Foundation
import KongCore
import KongTesting
import Testing

@Suite("pg_ro_*: a streaming replica", .serialized, .enabled(if: PostgresServer.isInstalled))
struct ReplicaTests {
    private static let logged = ["log_statement": "all", "wal_level": "replica"]

    /// A database with a protected route, and its replica.
    private func with(_ body: (PostgresScene, PostgresServer, [String: String]) throws -> Void) throws {
        let scene = try PostgresScene(server: PostgresServer(Self.logged))
        defer { scene.end() }
        let first = try scene.started()
        try first.scene(scene.upstream).route()
        #expect(try first.kong(["stop"]).status == 0)
        let replica = try PostgresServer(standbyOf: scene.server)
        defer { replica.remove() }
        try body(scene, replica, ["pg_ro_host": "127.0.0.1", "pg_ro_port": "\(replica.port)"])
    }

    /// How often a whole table was read, by a server's log.
    private func loads(_ server: PostgresServer) -> Int {
        File.text(server.folder + "/log").components(separatedBy: "FROM \"routes\" ORDER BY \"id\" LIMIT 1000").count
            - 1
    }

    @Test("whole loads go to the replica, the Admin API and writes to the primary")
    func whereReadsGo() throws {
        try with { postgres, replica, settings throws in
            let before = loads(postgres.server)
            let gateway = try postgres.started(settings)
            let scene = gateway.scene(postgres.upstream)
            #expect(try scene.get().status == 200)
            #expect(loads(replica) == 1)
            #expect(loads(postgres.server) == before)
            // Read your own writes, however far behind the replica is.
            try replica.query("SELECT pg_wal_replay_pause()", in: "postgres")
            for turn in 0..<5 {
                try gateway.create("/services/own/routes", ["name": .string("r\(turn)"), "hosts": ["r.test"]])
                #expect(try gateway.admin("GET", "/routes/r\(turn)").status == 200)
                #expect(try gateway.admin("GET", "/routes").json["data"]?.arrayValue?.count == turn + 2)
            }
            #expect(try scene.get(host: "r.test").status == 200)
            // A new node reads the old state there and the rest from the primary's log.
            let second = try postgres.started(settings)
            #expect(try second.scene(postgres.upstream).get(host: "r.test").status == 200)
            #expect(loads(replica) == 2)
            #expect(loads(postgres.server) == before)
        }
    }

    @Test("a replica that is away, or another database, is left out and reported")
    func away() throws {
        try with { postgres, replica, settings throws in
            try replica.stop()
            let gateway = try postgres.started(settings)
            #expect(try gateway.scene(postgres.upstream).get().status == 200)
            #expect(File.text(gateway.adminLog).contains("the replica cannot be used"))

            let other = try PostgresScene()
            defer { other.end() }
            let wrong = try postgres.started(
                ["pg_ro_host": "127.0.0.1", "pg_ro_port": "\(other.server.port)", "pg_ro_database": other.database])
            #expect(try wrong.scene(postgres.upstream).get().status == 200)
            #expect(File.text(wrong.adminLog).contains("no replica of this database"))
        }
    }
}
