import Foundation
import KongCore
import KongTesting

/// A Postgres of its own, a link to it that fails on demand, and gateways behind that link.
final class PostgresScene {
    let server: PostgresServer
    let database: String
    let link: PostgresLink
    let upstream: EchoUpstream
    private var gateways: [Gateway] = []

    init(server: PostgresServer? = nil, bootstrapped: Bool = true) throws {
        self.server = try server ?? PostgresServer()
        database = try self.server.makeDatabase()
        link = try PostgresLink(to: self.server.port)
        upstream = try EchoUpstream()
        if bootstrapped {
            let done = try gateway().kong(["migrations", "bootstrap"])
            guard done.status == 0 else { throw HarnessError("bootstrap: \(done.text)") }
        }
    }

    /// A gateway that is not started.
    func gateway(_ settings: [String: String] = [:], workers: Int = 1) throws -> Gateway {
        var values = server.settings(database, port: link.port)
        values["pg_timeout"] = "1000"
        values.merge(settings) { $1 }
        let gateway = try Gateway(workers: workers, settings: values)
        gateways.append(gateway)
        return gateway
    }

    func started(_ settings: [String: String] = [:], workers: Int = 1) throws -> Gateway {
        let gateway = try gateway(settings, workers: workers)
        try gateway.start()
        return gateway
    }

    func end() {
        gateways.forEach { $0.discard() }
        server.remove()
    }

    @discardableResult
    func query(_ sql: String) throws -> [String] { try server.query(sql, in: database) }
}

/// A scene for one test.
func withPostgres(
    server: PostgresServer? = nil, bootstrapped: Bool = true, _ body: (PostgresScene) throws -> Void
) throws {
    let scene = try PostgresScene(server: server, bootstrapped: bootstrapped)
    defer { scene.end() }
    try body(scene)
}
