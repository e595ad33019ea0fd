import KongCore
import KongTesting

/// One test's corner of the shared gateway: names and a host that nobody else uses, so tests may run at once.
struct Scene {
    let gateway: Gateway
    let upstream: EchoUpstream
    let id: String

    var host: String { "\(id).test" }

    /// A request to this scene's host.
    func get(
        _ target: String = "/", method: String = "GET", _ headers: [HeaderLine] = [], body: String? = nil,
        host: String? = nil
    ) throws -> Response {
        try Request(
            method, target, headers: [HeaderLine("Host", host ?? self.host)] + headers,
            body: body.map { Array($0.utf8) }
        ).send(port: gateway.proxyPort)
    }

    func get(_ target: String, key: String) throws -> Response {
        try get(target, [HeaderLine("apikey", key)])
    }

    /// A service and a route on this scene's host; more than one when named.
    @discardableResult
    func route(_ fields: JSONObject = [:], service: JSONObject = [:], named suffix: String = "") throws -> JSONValue {
        let defaults: JSONObject = ["hosts": [.string(host)]]
        return try gateway.route(to: upstream, named: id + suffix, service: service, defaults.merging(fields) { $1 })
    }

    @discardableResult
    func plugin(_ name: String, _ config: JSONObject = [:], on suffix: String = "", more: JSONObject = [:]) throws
        -> JSONValue
    {
        try gateway.plugin(name, on: "/routes/\(id)\(suffix)", config, more: more)
    }

    /// A consumer of this scene; its key is its name.
    @discardableResult
    func consumer(_ suffix: String = "-ann", groups: [String] = []) throws -> JSONValue {
        try gateway.consumer(id + suffix, key: id + suffix, groups: groups)
    }
}

enum Shared {
    private static let counter = Locked(0)
    private static let upstream = Result { try EchoUpstream() }
    private static let gateway = Result { try Gateway.started() }

    /// Runs a test on the shared gateway; afterwards no worker may have died and the log must be clean.
    static func scene(_ body: (Scene) throws -> Void) throws {
        let number = counter.mutate {
            $0 += 1
            return $0
        }
        try gateway.get().test { try body(Scene(gateway: $0, upstream: upstream.get(), id: "t\(number)")) }
    }
}

extension Gateway {
    /// A scene on a gateway that a test has for itself.
    func scene(_ upstream: EchoUpstream, _ id: String = "own") -> Scene {
        Scene(gateway: self, upstream: upstream, id: id)
    }
}

/// A gateway for one test alone. Checked at the end like any other, and ended whatever happens.
func withGateway(
    workers: Int = 2, settings: [String: String] = [:], workersChanged: Bool = false, allowing: [String] = [],
    _ body: (Gateway, EchoUpstream) throws -> Void
) throws {
    let upstream = try EchoUpstream()
    let gateway = try Gateway.started(workers: workers, settings: settings)
    defer { gateway.discard() }
    try body(gateway, upstream)
    try gateway.verify(workersChanged: workersChanged, allowing: allowing)
}
