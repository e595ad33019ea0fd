import Foundation
import KongCore
import KongTesting
import Testing

@Suite("Killed during a bulk import: all of it, or nothing")
struct ImportDeathTests {
    private static let rounds = Int(ProcessInfo.processInfo.environment["KONG_TEST_KILL_ROUNDS"] ?? "") ?? 6
    private static let consumers = 400

    /// A file of consumers, each with a key.
    private func file(_ gateway: Gateway, _ name: String) throws -> String {
        var lines = ["_format_version: \"3.0\"", "consumers:"]
        for number in 0..<Self.consumers {
            lines += ["- username: \(name)-\(number)", "  tags: [\(name)]", "  keyauth_credentials:"]
            lines += ["  - key: \(name)-\(number)"]
        }
        let path = "\(gateway.folder)/\(name).yml"
        guard File.write(lines.joined(separator: "\n") + "\n", to: path) else {
            throw HarnessError("cannot write \(path)")
        }
        return path
    }

    /// How many of an import's consumers the Admin API and every worker know: all or none, each.
    private func known(_ gateway: Gateway, _ name: String) throws -> Int {
        let listed = try gateway.configure("GET", "/consumers?size=1000&tags=\(name)")["data"]?.arrayValue?.count ?? 0
        #expect(listed == 0 || listed == Self.consumers, "\(name): \(listed) consumers")
        for number in [0, Self.consumers / 2, Self.consumers - 1] {
            let keys = try gateway.admin("GET", "/consumers/\(name)-\(number)/key-auth")
            #expect(keys.status == (listed == 0 ? 404 : 200))
        }
        return listed
    }

    private func expectKeys(_ gateway: Gateway, _ name: String, _ listed: Int) throws {
        for (worker, connection) in try gateway.connectionToEachWorker() {
            for number in [0, Self.consumers / 2, Self.consumers - 1] {
                let request = Request(
                    "GET", "/",
                    headers: [
                        HeaderLine("Host", "own.test"), HeaderLine("apikey", "\(name)-\(number)"),
                    ])
                let status = try request.send(on: connection, port: gateway.proxyPort).status
                #expect(status == (listed == 0 ? 401 : 200), "\(name)-\(number) on worker \(worker)")
            }
        }
    }

    @Test("the import, the admin process, or both")
    func randomMoments() throws {
        try withGateway(workers: 2, settings: ["db_update_frequency": "0.2"], workersChanged: true) {
            gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            try scene.plugin("key-auth")
            try scene.consumer()
            let requests = Background { _ in
                let status = try scene.get("/", key: "own-ann").status
                guard status == 200 else { throw HarnessError("the proxy said \(status)") }
                usleep(3000)
            }
            // How long one takes decides where the moments lie.
            let start = Clock.now
            #expect(try gateway.kong(["config", "db_import", file(gateway, "whole")]).status == 0)
            let duration = Clock.now - start
            try eventually("the node takes it over") { try known(gateway, "whole") == Self.consumers }
            try eventually("workers know the keys") {
                try scene.get("/", key: "whole-\(Self.consumers - 1)").status == 200
            }

            var random = SplitMix(seed: 7)
            for round in 0..<Self.rounds {
                let name = "i\(round)"
                let path = try file(gateway, name)
                let importer = try Command.spawn(
                    [Product.kong, "config", "db_import", path], environment: gateway.environment)
                // From a third on: before that it reads the file.
                usleep(UInt32(duration * (0.3 + 0.8 * Double(random.below(1000)) / 1000) * 1_000_000))
                let victim = round % 3
                if victim != 1 { kill(importer, SIGKILL) }
                if victim != 0, let admin = gateway.adminPID {
                    kill(admin, SIGKILL)
                    try eventually("it is dead") { !Processes.isAlive(admin) }
                    #expect(try gateway.kong(["start"]).status == 0)
                }
                var status: Int32 = 0
                waitpid(importer, &status, 0)
                let listed = try known(gateway, name)
                if status == 0 { #expect(listed == Self.consumers, "an import that said it was done") }
                if listed == 0 {
                    usleep(600_000)  // Three turns of the node's look at what others wrote.
                } else {
                    try eventually("the workers are told") {
                        try scene.get("/", key: "\(name)-\(Self.consumers - 1)").status == 200
                    }
                }
                #expect(try known(gateway, name) == listed)
                try expectKeys(gateway, name, listed)
            }
            try requests.stop()
        }
    }
}
