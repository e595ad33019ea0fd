import Foundation
import KongCore
import KongTesting
import Testing

@Suite("Postgres fails under a running node", .serialized, .enabled(if: PostgresServer.isInstalled))
struct PostgresFaultTests {
    /// Nodes that share one database and serve a route.
    private func nodes(_ count: Int, _ postgres: PostgresScene) throws -> [Gateway] {
        let first = try postgres.started()
        try first.scene(postgres.upstream).route()
        var all = [first]
        while all.count < count { all.append(try postgres.started()) }
        for gateway in all {
            try eventually("it serves") { try gateway.scene(postgres.upstream).get().status == 200 }
        }
        return all
    }

    @Test("killed and restarted under 50 writes per second: nothing acknowledged is lost, nothing half done")
    func killed() throws {
        try withPostgres { postgres throws in
            let gateways = try nodes(2, postgres)
            let load = SteadyLoad(gateways[0].scene(postgres.upstream))
            let writes = PostgresWrites(on: gateways, perSecond: 50)
            for _ in 0..<2 {
                try writes.waitForMore(20)
                try postgres.server.kill()
                try writes.expectRefusals(of: 2, since: Clock.now)
                try postgres.server.start()
                try writes.waitForMore(20)
            }
            try load.stop()
            try writes.verify(postgres, gateways)
            #expect(writes.all.allSatisfy { $0.seconds < 8 })
            for gateway in gateways { try gateway.verify() }
        }
    }

    @Test("black-holed: one timeout, then refused at once; afterwards the other node's changes are taken over")
    func blackHoled() throws {
        try withPostgres { postgres throws in
            let gateways = try nodes(1, postgres)
            let scene = gateways[0].scene(postgres.upstream)
            let load = SteadyLoad(scene)
            let writes = PostgresWrites(on: gateways, perSecond: 50)
            try writes.waitForMore(10)
            postgres.link.set(.blackHole)
            let began = Clock.now
            try writes.expectRefusals(of: 1, since: began)
            let slow = writes.slow(since: began)
            #expect(slow.count <= 2, "\(slow)")
            #expect(slow.allSatisfy { $0.status == 503 && $0.seconds < 5 }, "\(slow)")
            try postgres.query("UPDATE routes SET hosts = hosts || '{meanwhile.test}' WHERE name = 'own'")
            #expect(try scene.get(host: "meanwhile.test").status == 404)
            postgres.link.set(.none)
            try writes.waitForMore(10)
            try load.stop()
            try eventually("the change made meanwhile") { try scene.get(host: "meanwhile.test").status == 200 }
            try writes.verify(postgres, gateways)
        }
    }

    @Test("slow: writes take longer; slower than pg_timeout: 503; the proxy does not care")
    func slow() throws {
        try withPostgres { postgres throws in
            let gateway = try nodes(1, postgres)[0]
            let load = SteadyLoad(gateway.scene(postgres.upstream))
            postgres.link.set(.slow(0.03))
            #expect(try gateway.admin("POST", "/services/own/routes", ["paths": ["/slow"]]).status == 201)
            #expect(try gateway.proxy("GET", "/slow").status == 200)
            postgres.link.set(.slow(1.5))
            let began = Clock.now
            let refused = try gateway.admin("POST", "/services/own/routes", ["paths": ["/slower"]])
            #expect(refused.status == 503)
            #expect(refused.json["message"]?.stringValue?.contains("pg_timeout") == true, "\(refused)")
            #expect(Clock.now - began < 6)
            #expect(try gateway.admin("GET", "/routes").status == 503)
            postgres.link.set(.none)
            try eventually("writes work again") {
                try gateway.admin("POST", "/services/own/routes", ["paths": ["/again"]]).status == 201
            }
            #expect(try postgres.query("SELECT FROM routes WHERE paths = '{/slower}'").isEmpty)
            try load.stop()
        }
    }

    @Test("a worker killed while Postgres is away is reborn with the last change")
    func workerReborn() throws {
        try withPostgres { postgres throws in
            let gateway = try nodes(1, postgres)[0]
            try gateway.create("/services/own/routes", ["paths": ["/last"]])
            try postgres.server.stop()
            let victim = try #require(gateway.workers.first)
            kill(victim, SIGKILL)
            try eventually("reborn") { gateway.workers.first.map { $0 != victim } ?? false }
            #expect(try gateway.proxy("GET", "/last").status == 200)
            #expect(try gateway.admin("GET", "/routes").status == 503)
            try gateway.verify(workersChanged: true, allowing: ["exited on signal 9"])
        }
    }

    @Test("the admin process killed while Postgres is away: start brings it back, the proxy never stops")
    func adminReborn() throws {
        try withPostgres { postgres throws in
            let gateway = try nodes(1, postgres)[0]
            let load = SteadyLoad(gateway.scene(postgres.upstream))
            try postgres.server.stop()
            let admin = try #require(gateway.adminPID)
            kill(admin, SIGKILL)
            try eventually("it is dead") { !Processes.isAlive(admin) }
            #expect(try gateway.kong(["start"]).status == 0)
            #expect(try gateway.admin("GET", "/routes").status == 503)
            try postgres.server.start()
            try eventually("writes work again") {
                try gateway.admin("POST", "/services/own/routes", ["paths": ["/again"]]).status == 201
            }
            try load.stop()
        }
    }
}
