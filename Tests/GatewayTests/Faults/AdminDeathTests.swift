import Foundation
import KongCore
import KongTesting
import Testing

@Suite("The admin process dies")
struct AdminDeathTests {
    @Test("killed: proxying goes on; start brings it back; nothing acknowledged is lost")
    func killed() throws {
        try withGateway { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            let acknowledged = Locked<[String]>([])
            for turn in 0..<3 {
                let writer = Background(threads: 4) { lane in
                    let name = "n\(turn)-\(lane)-\(UInt32.random(in: 0...UInt32.max))"
                    guard
                        let response = try? gateway.admin(
                            "POST", "/services/own/routes", ["name": .string(name), "paths": [.string("/" + name)]])
                    else { usleep(2000); return }
                    if response.status == 201 { acknowledged.mutate { $0.append(name) } }
                }
                let count = acknowledged.value.count
                try eventually("writes are acknowledged") { acknowledged.value.count > count + 30 }
                let (admin, nginx) = (try #require(gateway.adminPID), gateway.masterPID)
                kill(admin, SIGKILL)
                try writer.stop()
                try eventually("it is dead") { !Processes.isAlive(admin) }
                for _ in 0..<20 { #expect(try scene.get().status == 200) }

                let done = try gateway.kong(["start"])
                #expect(done.status == 0, "\(done.text)")
                #expect(gateway.masterPID == nginx)
                try eventually("the Admin API answers") { (try? gateway.admin("GET", "/status").status) == 200 }
                for name in acknowledged.value {
                    #expect(try gateway.admin("GET", "/routes/\(name)").status == 200, "\(name) was acknowledged")
                    #expect(try gateway.proxy("GET", "/" + name).status == 200, "\(name) is proxied")
                }
            }
        }
    }

    @Test("killed, and a worker killed too: the reborn worker serves the last configuration")
    func workerRebornMeanwhile() throws {
        try withGateway(workers: 1, workersChanged: true, allowing: ["exited on signal 9"]) {
            gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            kill(try #require(gateway.adminPID), SIGKILL)
            let victim = try #require(gateway.workers.first)
            kill(victim, SIGKILL)
            try eventually("reborn") { gateway.workers.first.map { $0 != victim } ?? false }
            #expect(try scene.get().status == 200)
            #expect(try gateway.kong(["start"]).status == 0)
            try eventually("the Admin API answers") { (try? gateway.admin("GET", "/status").status) == 200 }
        }
    }
}
