import Foundation
import KongCore
import KongTesting
import Testing

@Suite("The snapshot is damaged while it serves")
struct LiveDamageTests {
    private static let routes = 120

    /// Nobody dies of damage and no request fails of it; in the end everything is there again, unasked.
    private func damage(_ body: (_ gateway: Gateway, _ data: String) throws -> Void) throws {
        let allowed = [
            "exited on signal 9", "the configuration snapshot", "cannot read the configuration", "is damaged",
        ]
        try withGateway(
            workers: 2, settings: ["db_update_frequency": "0.2"], workersChanged: true, allowing: allowed
        ) { gateway, upstream throws in
            try gateway.scene(upstream).route()
            try gateway.scene(upstream).plugin("key-auth")
            try gateway.scene(upstream).consumer()
            try concurrently(4) { lane in
                for number in 0..<Self.routes / 4 {
                    let name = "r\(lane)-\(number)"
                    try gateway.create(
                        "/services/own/routes", ["name": .string(name), "paths": [.string("/\(name)")]])
                }
            }
            // Each worker has seen the credential: known ones are not read from the file again.
            try eventually("everything is served") { try isWhole(gateway) }
            let workers = gateway.workers
            let admin = gateway.adminPID
            let data = gateway.prefix + "/snapshot/data.mdb"
            let traffic = traffic(gateway)
            try body(gateway, data)
            sleep(2)
            try traffic.stop()
            #expect(gateway.workers == workers)
            // What nobody has read is found when a worker is replaced.
            let victim = try #require(gateway.workers.first)
            kill(victim, SIGKILL)
            try eventually("the worker is replaced") {
                gateway.workers.count == 2 && !gateway.workers.contains(victim)
            }
            try eventually("everything is served again", within: 30) { try isWhole(gateway) }
            #expect(gateway.adminPID == admin)
            try gateway.create("/services/own/routes", ["paths": ["/after"]])
            for (_, connection) in try gateway.connectionToEachWorker() {
                let answer = try Request("GET", "/after").send(on: connection, port: gateway.proxyPort)
                #expect(answer.status == 200)
            }
        }
    }

    /// Requests on connections of their own: every one is answered, and none wrongly.
    private func traffic(_ gateway: Gateway) -> Background {
        Background(threads: 2) { lane in
            let route = "/r\(lane)-\(Int.random(in: 0..<Self.routes / 4))"
            let plain = try gateway.proxy("GET", route, timeout: 5).status
            guard plain == 200 else { throw HarnessError("\(route): \(plain)") }
            let known = try gateway.proxy("GET", "/", ["Host": "own.test", "apikey": "own-ann"], timeout: 5).status
            guard known == 200 else { throw HarnessError("own-ann: \(known)") }
        }
    }

    /// Whether every route is served, and the credential known again, by each worker.
    private func isWhole(_ gateway: Gateway) throws -> Bool {
        guard let connections = try? gateway.connectionToEachWorker() else { return false }
        for (_, connection) in connections {
            for lane in 0..<4 {
                for number in [0, Self.routes / 8, Self.routes / 4 - 1] {
                    guard
                        let answer = try? Request("GET", "/r\(lane)-\(number)")
                            .send(on: connection, port: gateway.proxyPort), answer.status < 500
                    else { return false }
                    guard answer.status == 200 else { throw HarnessError("r\(lane)-\(number): \(answer.status)") }
                }
            }
            let headers = [HeaderLine("Host", "own.test"), HeaderLine("apikey", "own-ann")]
            guard let answer = try? Request("GET", "/", headers: headers).send(on: connection, port: gateway.proxyPort),
                answer.status == 200
            else { return false }
        }
        return true
    }

    private func overwrite(_ path: String, at offset: Int, _ change: (UInt8) -> UInt8) throws {
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        defer { try? file.close() }
        try file.seek(toOffset: UInt64(offset))
        let byte = try #require(try file.read(upToCount: 1)?.first)
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data([change(byte)]))
    }

    @Test("removed, cut short, or its header overwritten", arguments: ["removed", "cut", "header"])
    func whole(how: String) throws {
        try damage { gateway, data throws in
            switch how {
            case "removed": #expect(unlink(data) == 0)
            case "cut": #expect(truncate(data, off_t(File.size(data) / 2)) == 0)
            default: for page in 0..<2 { try overwrite(data, at: page * 4096 + 24) { _ in 0x5A } }
            }
        }
    }

    @Test("bits flipped at many places", arguments: [1, 2])
    func flipped(seed: Int) throws {
        try damage { gateway, data throws in
            var random = SplitMix(seed: UInt64(seed))
            let pages = File.size(data) / 4096
            for number in 0..<40 {
                // Headers of pages lead readers astray; anywhere else a row or an entry is spoiled.
                let page = 2 + random.below(max(1, pages - 2))
                let place = number % 2 == 0 ? random.below(64) : random.below(4096)
                let bit = UInt8(1) << UInt8(random.below(8))
                try overwrite(data, at: page * 4096 + place) { $0 ^ bit }
            }
        }
    }
}
