/// A route as the `expressions` flavour sees it: its own expression, or the one that its other fields amount to.
///
/// Source: Kong's `kong/router/transform.lua` and `kong/router/expressions.lua`.
public struct ExpressionRoute: Sendable {
    /// An entry of `sources` or `destinations`: either part may be missing.
    public struct Endpoint: Sendable {
        public var ip: String?
        public var port: Int64?
        public init(ip: String?, port: Int64?) {
            self.ip = ip
            self.port = port
        }
    }

    public var definition: RouteDefinition
    public var protocols: [String] = []
    public var expression: String?
    public var priority: Int64 = 0
    public var sources: [Endpoint] = []
    public var destinations: [Endpoint] = []

    public init(definition: RouteDefinition) { self.definition = definition }

    /// The schema that the expression is checked against.
    public var schema: ExpressionSchema { ExpressionSchema(protocols: protocols) }

    private var isStream: Bool { if case .stream = schema { true } else { false } }

    /// Each way in which the route can match: paths of different kinds or lengths differ in priority.
    var variants: [Variant] {
        if let expression {
            return [
                Variant(
                    text: Self.amended(expression), priority: 0xFF << 56 | UInt64(clamping: priority), id: definition.id
                )
            ]
        }
        let groups = isStream ? [] : pathGroups
        guard groups.count > 1 else {
            return [
                Variant(text: text(paths: definition.paths), priority: priority(definition.paths), id: definition.id)
            ]
        }
        return groups.enumerated().map { number, paths in
            Variant(
                text: text(paths: paths), priority: priority(paths),
                id: GroupIdentifier.make(definition.id, UInt64(number + 1)))
        }
    }

    struct Variant {
        var text: String
        var priority: UInt64
        var id: UUIDBytes
    }

    /// The text that is checked when the route is written.
    public var text: String { expression.map(Self.amended) ?? text(paths: definition.paths) }

    /// `net.dst.port` was once called `net.port`.
    static func amended(_ expression: String) -> String {
        guard expression.contains("net.port") else { return expression }
        var out = ""
        var rest = expression[...]
        while let range = rest.firstRange(of: "net.port") {
            let after = rest[range.upperBound...].drop { $0.isWhitespace }
            let isCompared = after.first.map { "=><!".contains($0) } ?? false
            out += rest[..<range.lowerBound] + (isCompared ? "net.dst.port" : "net.port")
            rest = rest[range.upperBound...]
        }
        return out + rest
    }
}

// MARK: - Paths

extension ExpressionRoute {
    /// Regular expressions together, plain paths by their length, in the order of their first.
    private var pathGroups: [[[UInt8]]] {
        var lengths: [Int] = []
        var groups: [[[UInt8]]] = []
        for path in definition.paths {
            let length = Self.isRegex(path) ? -1 : path.count
            if let known = lengths.firstIndex(of: length) {
                groups[known].append(path)
            } else {
                lengths.append(length)
                groups.append([path])
            }
        }
        return groups
    }

    private static func isRegex(_ path: [UInt8]) -> Bool { path.first == UInt8(ascii: "~") }

    private func priority(_ paths: [[UInt8]]) -> UInt64 {
        if isStream { return streamPriority }
        let isRegex = paths.first.map(Self.isRegex) ?? false
        let extra = (sources.isEmpty ? 0 : 1) + (destinations.isEmpty ? 0 : 1)
        let own = Priority.traditionalCompatible(
            definition, hasPaths: !paths.isEmpty, regex: isRegex, pathLength: paths.first?.count ?? 0)
        return own &+ UInt64(extra) << 61
    }

    private var streamPriority: UInt64 {
        func weight(_ endpoints: [Endpoint]) -> UInt64 {
            endpoints.reduce(0) { bits, endpoint in
                let ip: UInt64 = endpoint.ip.map { $0.contains("/") ? 1 : 8 } ?? 0
                return bits | ip | (endpoint.port == nil ? 0 : 4)
            }
        }
        let isNamed = !definition.snis.isEmpty || (!sources.isEmpty && !destinations.isEmpty)
        return (isNamed ? 1 << 61 : 0) | weight(sources) << 4 | weight(destinations)
    }
}

// MARK: - Text

extension ExpressionRoute {
    private func text(paths: [[UInt8]]) -> String {
        var parts: [String] = []
        if !definition.snis.isEmpty {
            // A server name says nothing about a request without TLS.
            let names = alternatives(definition.snis.map(sni))
            parts.append("(net.protocol != \(Self.quoted(isStream ? "tls" : "https")) || \(names))")
        }
        if !sources.isEmpty { parts.append(alternatives(sources.map { endpoint("net.src", $0) })) }
        if !destinations.isEmpty { parts.append(alternatives(destinations.map { endpoint("net.dst", $0) })) }
        if isStream { return parts.joined(separator: " && ") }
        if !definition.methods.isEmpty {
            parts.append(alternatives(definition.methods.map { "http.method == \(Self.quoted($0))" }))
        }
        if !definition.hosts.isEmpty { parts.append(alternatives(definition.hosts.map(host))) }
        if !paths.isEmpty { parts.append(alternatives(paths.map(path))) }
        parts += definition.headers.map { header in alternatives(header.values.map { self.header(header.name, $0) }) }
        return parts.joined(separator: " && ")
    }

    private func alternatives(_ parts: [String]) -> String { "(" + parts.joined(separator: " || ") + ")" }

    private func sni(_ name: [UInt8]) -> String {
        if name.first == UInt8(ascii: "*") {
            return "tls.sni =^ \(Self.quoted(Self.withoutLastDot(name).dropFirst()))"
        }
        if name.last == UInt8(ascii: "*") { return "tls.sni ^= \(Self.quoted(name.dropLast()))" }
        return "tls.sni == \(Self.quoted(Self.withoutLastDot(name)))"
    }

    private static func withoutLastDot(_ name: [UInt8]) -> [UInt8] {
        name.count > 1 && name.last == UInt8(ascii: ".") ? Array(name.dropLast()) : name
    }

    private func endpoint(_ side: String, _ endpoint: Endpoint) -> String {
        let ip = endpoint.ip.map { ip in
            ip.contains("/") ? "\(side).ip in \(Self.range(ip))" : "\(side).ip == \(ip)"
        }
        let port = endpoint.port.map { "\(side).port == \($0)" }
        if let ip, let port { return "(\(ip) && \(port))" }
        return ip ?? port ?? ""
    }

    /// Bits after the prefix length are cleared, as the language demands.
    private static func range(_ text: String) -> String {
        guard let slash = text.lastIndex(of: "/"), let length = Int(text[text.index(after: slash)...]),
            let address = NetworkAddress(text[..<slash]),
            let network = NetworkRange(containing: address, length: length)
        else { return text }
        return network.text
    }

    private func host(_ pattern: [UInt8]) -> String {
        let (name, port) = HostPattern.split(pattern)
        let test =
            if name.first == UInt8(ascii: "*") {
                "http.host =^ \(Self.quoted(name.dropFirst()))"
            } else if name.last == UInt8(ascii: "*") {
                "http.host ^= \(Self.quoted(name.dropLast()))"
            } else {
                "http.host == \(Self.quoted(name))"
            }
        return port == 0 ? test : "(\(test) && net.dst.port == \(port))"
    }

    private func path(_ path: [UInt8]) -> String {
        guard Self.isRegex(path) else { return "http.path ^= \(Self.quoted(path))" }
        let pattern = ExpressionRegex.pattern(Array(path.dropFirst()))
        return "http.path ~ \(Self.quoted([UInt8(ascii: "^")] + pattern))"
    }

    private func header(_ name: [UInt8], _ value: [UInt8]) -> String {
        let field = String(decoding: name, as: UTF8.self).lowercased().replacing("-", with: "_")
        let isRegex = value.starts(with: "~*".utf8)
        let text = String(decoding: isRegex ? value.dropFirst(2) : value[...], as: UTF8.self)
        return "any(lower(http.headers.\(field))) \(isRegex ? "~" : "==") "
            + Self.quoted((isRegex ? Self.lowercasedPattern(text) : text.lowercased()).utf8)
    }

    /// Small letters, but for what follows a backslash: `\D` is not `\d`.
    static func lowercasedPattern(_ pattern: String) -> String {
        var out = ""
        var isEscaped = false
        for character in pattern {
            out += isEscaped ? String(character) : character.lowercased()
            isEscaped = !isEscaped && character == "\\"
        }
        return out
    }

    private static func quoted(_ text: String) -> String { quoted(text.utf8) }

    private static func quoted(_ bytes: some Sequence<UInt8>) -> String {
        let text = String(decoding: Array(bytes), as: UTF8.self)
        if !text.contains("\"#") { return "r#\"\(text)\"#" }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
