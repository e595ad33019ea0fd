import KongCore

/// A request that is written as given: no header is added but Host and the body's length, unless given.
public struct Request: Sendable {
    public var method: String
    public var target: String
    public var headers: [HeaderLine]
    public var body: [UInt8]?

    public init(_ method: String = "GET", _ target: String, headers: [HeaderLine] = [], body: [UInt8]? = nil) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    public func bytes(port: Int) -> [UInt8] {
        let has = { (name: String) in headers.contains { $0.name.lowercased() == name } }
        var lines = ["\(method) \(target) HTTP/1.1"]
        if !has("host") { lines.append("Host: 127.0.0.1:\(port)") }
        lines += headers.map { "\($0.name): \($0.value)" }
        if let body, !has("content-length"), !has("transfer-encoding") { lines.append("Content-Length: \(body.count)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? [])
    }

    /// On a connection of its own.
    public func send(port: Int, timeout: Double = 15) throws -> Response {
        let connection = try Connection(port: port, timeout: timeout)
        defer { connection.end() }
        return try send(on: connection, port: port)
    }

    public func send(on connection: Connection, port: Int) throws -> Response {
        try connection.send(bytes(port: port))
        return try connection.response(toHead: method == "HEAD")
    }
}

extension [HeaderLine] {
    public init(_ pairs: KeyValuePairs<String, String>) {
        self = pairs.map { HeaderLine($0.key, $0.value) }
    }
}
