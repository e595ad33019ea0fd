/// The parts of a URL, split as leniently as Kong splits them.
public struct URLParts: Sendable, Hashable {
    public var scheme: String?
    public var userInfo: String?
    public var host: String?
    public var port: String?
    public var path: String?
    public var query: String?
    public var fragment: String?

    /// nil for empty text; everything else has some reading.
    public init?(_ text: String) {
        if text.isEmpty { return nil }
        var rest = Substring(text)
        if let hash = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: hash)...])
            rest = rest[..<hash]
        }
        if let colon = rest.firstIndex(of: ":"), Self.isScheme(rest[..<colon]) {
            scheme = String(rest[..<colon])
            rest = rest[rest.index(after: colon)...]
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            parse(authority: rest[..<end])
            rest = rest[end...]
        }
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let parameters = rest.firstIndex(of: ";") { rest = rest[..<parameters] }
        if !rest.isEmpty { path = String(rest) }
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, first.isASCIIAlphanumeric else { return false }
        return text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "+-.".utf8.contains($0) }
    }

    private mutating func parse(authority: Substring) {
        var rest = authority
        if let at = rest.firstIndex(of: "@") {
            userInfo = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            port = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        if rest.hasPrefix("["), rest.hasSuffix("]"), rest.utf8.count > 2 { rest = rest.dropFirst().dropLast() }
        if !rest.isEmpty { host = String(rest) }
    }
}
