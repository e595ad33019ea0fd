import Foundation
import KongCore
import KongTesting
import Testing

@Suite("The snapshot is damaged while it serves")
struct LiveDamageTests {
    private static let routes = 120

    /// Workers may die of damage, never answer wrongly from it; in the end everything is there again, unasked.
    private func damage(
        _ workers: Int = 2, _ body: (_ gateway: Gateway, _ data: String) throws -> Void
    ) throws {
        let allowed = ["exited on signal", "the configuration snapshot", "cannot read the configuration"]
        try withGateway(
            workers: workers, settings: ["db_update_frequency": "0.2"], workersChanged: true, allowing: allowed
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
            try body(gateway, gateway.prefix + "/snapshot/data.mdb")
            // What a process that lives cannot see for itself is found when a worker is replaced.
            if let worker = gateway.workers.first { kill(worker, SIGKILL) }
            try eventually("everything is served again", within: 60) {
                // It may have met the damage before the child that looks for it did.
                if gateway.adminPID == nil { #expect(try gateway.kong(["start"]).status == 0) }
                return try isWhole(gateway)
            }
            try gateway.create("/services/own/routes", ["paths": ["/after"]])
            for (_, connection) in try gateway.connectionToEachWorker() {
                // A worker looks ten times a second whether the file is another one.
                try eventually("the new route is there", within: 5) {
                    try Request("GET", "/after").send(on: connection, port: gateway.proxyPort).status == 200
                }
            }
        }
    }

    /// An answer of every route and of the credential; a lost connection or a 5xx is "not yet".
    private func isWhole(_ gateway: Gateway) throws -> Bool {
        guard gateway.workers.count == 2, let connections = try? gateway.connectionToEachWorker() else { return false }
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

    /// Workers that map such a file may die of it again and again until it is replaced, and not always within the
    /// minute: run on demand until that is bounded.
    @Test(
        "bits flipped at many places",
        .enabled(if: ProcessInfo.processInfo.environment["KONG_TEST_LIVE_FLIPS"] != nil), arguments: [1, 2])
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
