import Foundation
import KongCore

extension Gateway {
    /// A request through the proxy on a connection of its own.
    public func proxy(
        _ method: String = "GET", _ target: String, _ headers: KeyValuePairs<String, String> = [:],
        body: String? = nil, timeout: Double = 15
    ) throws -> Response {
        try Request(method, target, headers: .init(headers), body: body.map { Array($0.utf8) })
            .send(port: proxyPort, timeout: timeout)
    }

    /// Bytes to the proxy, bytes back until it closes.
    public func raw(_ text: String, timeout: Double = 10) throws -> String {
        let connection = try Connection(port: proxyPort, timeout: timeout)
        try connection.send(text)
        return String(decoding: try connection.receiveAll(), as: UTF8.self)
    }

    /// An Admin API request with a JSON body.
    public func admin(
        _ method: String, _ target: String, _ json: JSONValue? = nil, _ headers: KeyValuePairs<String, String> = [:]
    ) throws -> Response {
        var lines = [HeaderLine](headers)
        if json != nil { lines.append(HeaderLine("Content-Type", "application/json")) }
        return try Request(method, target, headers: lines, body: json?.serialized()).send(port: adminPort, timeout: 30)
    }

    /// An Admin API request that has to succeed; its JSON.
    @discardableResult
    public func configure(_ method: String, _ target: String, _ json: JSONValue? = nil) throws -> JSONValue {
        let response = try admin(method, target, json)
        guard 200..<300 ~= response.status else { throw HarnessError("\(method) \(target): \(response)") }
        return response.json
    }

    @discardableResult
    public func create(_ collection: String, _ json: JSONValue) throws -> JSONValue {
        try configure("POST", collection, json)
    }

    /// A service for an upstream and a route to it; the route's JSON.
    @discardableResult
    public func route(
        to upstream: EchoUpstream, named name: String, service: JSONObject = [:], _ route: JSONObject
    ) throws -> JSONValue {
        var fields: JSONObject = [
            "name": .string(name), "host": "127.0.0.1", "port": .integer(Int64(upstream.port)), "retries": 1,
        ]
        fields.merge(service) { $1 }
        try create("/services", .object(fields))
        return try create(
            "/services/\(name)/routes", .object(route.merging(["name": .string(name)]) { given, _ in given }))
    }

    /// A consumer with a key, and groups; the consumer's JSON.
    @discardableResult
    public func consumer(_ name: String, key: String? = nil, groups: [String] = []) throws -> JSONValue {
        let consumer = try create("/consumers", ["username": .string(name)])
        if let key { try create("/consumers/\(name)/key-auth", ["key": .string(key)]) }
        for group in groups { try create("/consumers/\(name)/acls", ["group": .string(group)]) }
        return consumer
    }

    @discardableResult
    public func plugin(_ name: String, on parent: String = "", _ config: JSONObject = [:], more: JSONObject = [:])
        throws -> JSONValue
    {
        try create(
            parent + "/plugins", .object(["name": .string(name), "config": .object(config)].merging(more) { $1 }))
    }
}
