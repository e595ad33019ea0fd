import KongCore

/// A header line as it was on the wire.
public struct HeaderLine: Sendable, Hashable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// An answer, nothing normalised.
public struct Response: Sendable, CustomStringConvertible {
    public let status: Int
    public let reason: String
    public let headers: [HeaderLine]
    public let body: [UInt8]

    public init(status: Int, reason: String = "", headers: [HeaderLine] = [], body: [UInt8] = []) {
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body
    }

    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; null when it is none.
    public var json: JSONValue {
        (try? JSONValue(parsing: body)) ?? .null  // tests compare: "no JSON" is an answer like any other
    }

    /// The first header of that name, whatever its case.
    public func header(_ name: String) -> String? {
        all(name).first
    }

    /// Every header of that name.
    public func all(_ name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// What the echo upstream received under that header name.
    public func received(_ name: String) -> [String] {
        json["headers"]?[name.lowercased()]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// The request target that the echo upstream received.
    public var receivedTarget: String? { json["target"]?.stringValue }

    public var description: String {
        "\(status) \(headers.map { "\($0.name): \($0.value)" }) \(text.prefix(600))"
    }
}
