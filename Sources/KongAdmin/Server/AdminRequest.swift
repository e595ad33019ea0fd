import HTTPTypes
import KongCore

/// One request as the handlers see it: decoded path and query, the body still raw.
public struct AdminRequest: Sendable {
    /// The method as sent, upper case as RFC 9110 wants it.
    public var method: String
    /// The target as sent, query included.
    public var target: String
    public var headers: HTTPFields
    public var body: [UInt8]
    /// Percent-decoded path segments; nil where one of them is not UTF-8.
    public var segments: [String]?
    public var query: Arguments
    /// What the route's `{name}` segments matched.
    public var parameters: [String: String] = [:]
    /// Fields that the path decides, whatever the body says.
    var overrides: JSONObject = [:]

    public init(method: String, target: String, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        let parts = Self.split(target)
        self.segments = Self.segments(of: parts.path)
        self.query = Arguments(urlEncoded: parts.query)
    }

    /// The path and the query of a request target; an absolute form loses scheme and authority.
    static func split(_ target: String) -> (path: [UInt8], query: [UInt8]) {
        var bytes = Array(target.utf8)[...]
        if let fragment = bytes.firstIndex(of: UInt8(ascii: "#")) { bytes = bytes[..<fragment] }
        if bytes.first != UInt8(ascii: "/"), let scheme = bytes.firstRange(of: Array("://".utf8)) {
            let rest = bytes[scheme.upperBound...]
            let start = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
            bytes = start.map { rest[$0...] } ?? Array("/".utf8)[...]
        }
        guard let mark = bytes.firstIndex(of: UInt8(ascii: "?")) else { return (Array(bytes), []) }
        return (Array(bytes[..<mark]), Array(bytes[(mark + 1)...]))
    }

    /// `/a/b/` and `/a/b` are the same two segments. An empty segment inside the path is kept: it names nothing.
    static func segments(of path: [UInt8]) -> [String]? {
        var parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if parts.first?.isEmpty == true { parts.removeFirst() }
        if parts.last?.isEmpty == true { parts.removeLast() }
        var out: [String] = []
        for part in parts {
            guard let text = String(validating: Percent.decode(part, plusIsSpace: false), as: UTF8.self) else {
                return nil
            }
            out.append(text)
        }
        return out
    }
}

extension AdminRequest {
    /// The body's media type in the letters that the client used, without parameters' meaning; nil when absent.
    var contentType: String? { headers[values: .contentType].first }
    var hasSeveralContentTypes: Bool { headers[values: .contentType].count > 1 }
}
