import KongCore
import KongTesting
import Testing

@Suite("The level of the error log, changed while the gateway runs")
struct LogLevelTests {
    @Test("every worker is quiet at crit, and as configured again when the time is over")
    func workers() throws {
        try withGateway(workers: 2) { gateway, _ throws in
            try gateway.create("/services", ["name": "dead", "host": "127.0.0.1", "port": .integer(try closedPort())])
            try gateway.create("/services/dead/routes", ["paths": ["/dead"]])
            let workers = try gateway.connectionToEachWorker().values
            func complaints() throws -> Int {
                let before = gateway.logLines().count
                for connection in workers {
                    let response = try Request("GET", "/dead").send(on: connection, port: gateway.proxyPort)
                    #expect(response.status == 502)
                }
                return gateway.logLines().dropFirst(before).filter { $0.contains("[error]") }.count
            }
            func level() throws -> String { try gateway.configure("GET", "/debug/node/log-level")["message"].text }

            #expect(try complaints() >= workers.count)
            let changed = try gateway.configure("PUT", "/debug/node/log-level/crit?timeout=30")
            #expect(changed["message"].text == "log level changed")
            #expect(try level() == "log level: crit")
            #expect(try complaints() == 0)

            try gateway.configure("PUT", "/debug/node/log-level/emerg?timeout=4")
            #expect(try complaints() == 0)
            try eventually("the time is over") { try level() == "log level: notice" }
            #expect(try complaints() >= workers.count)
        }
    }

    @Test("a level that was set is gone with the admin process that set it")
    func restart() throws {
        try withGateway(workers: 1) { gateway, _ throws in
            try gateway.configure("PUT", "/debug/node/log-level/alert?timeout=600")
            try gateway.kong(["restart"])
            try eventually("the Admin API answers") { (try? gateway.admin("GET", "/status").status) == 200 }
            let level = try gateway.configure("GET", "/debug/node/log-level")["message"]
            #expect(level == "log level: notice")
            gateway.accept()
        }
    }

    /// A port that nothing listens on.
    private func closedPort() throws -> Int64 { Int64(try Ports.free()) }
}

extension JSONValue? {
    fileprivate var text: String { self?.stringValue ?? "" }
}
