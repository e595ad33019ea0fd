import KongCore

/// The `origins` of a configuration, made ready.
struct AllowedOrigins {
    enum Decision: Equatable {
        case all
        case origin(String)
        case none
    }

    private enum Entry {
        case plain(String)
        /// Anchored at both ends; compared with the host alone when it names no port or scheme.
        case regex(Regex2, byHost: Bool)
    }

    private let allowsAll: Bool
    /// The one plain origin there is: named whoever asks.
    private let only: String?
    private let entries: [Entry]

    init(_ origins: [String]) {
        allowsAll = origins.isEmpty || origins.contains("*")
        only = origins.count == 1 && Self.isPlain(origins[0]) ? origins[0] : nil
        entries = origins.compactMap { origin in
            if Self.isPlain(origin) { return .plain(Origin(origin).full) }
            var pattern = origin.hasPrefix("^") ? String(origin.dropFirst()) : origin
            if pattern.hasSuffix("$") { pattern.removeLast() }
            // The schema has compiled it before.
            guard let regex = try? Regex2(Array("(?:\(pattern))$".utf8)) else { return nil }
            return .regex(regex, byHost: !origin.contains(":"))
        }
    }

    func decide(_ given: String?) -> Decision {
        if allowsAll { return .all }
        if let only { return .origin(only) }
        guard let given else { return .none }
        let origin = Origin(given)
        let found = entries.contains { entry in
            switch entry {
            case .plain(let text): return text == origin.full
            case .regex(let regex, let byHost):
                var subject = byHost ? origin.host : origin.full
                return subject.withUTF8 { regex.prefixMatch($0) != nil }
            }
        }
        return found ? .origin(origin.full) : .none
    }

    private static func isPlain(_ origin: String) -> Bool {
        !origin.isEmpty
            && origin.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "/")
                    || byte == UInt8(ascii: "-")
            }
    }
}

/// An origin without the port that its scheme implies.
private struct Origin {
    let full: String
    let host: String

    init(_ text: String) {
        var rest = text[...]
        var scheme = ""
        if let range = text.firstRange(of: "://") {
            scheme = String(text[..<range.lowerBound])
            rest = text[range.upperBound...]
        } else {
            // A bare name, or `null`.
            full = text
            host = text
            return
        }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        var port = ""
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            port = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        if (scheme == "http" && port == "80") || (scheme == "https" && port == "443") { port = "" }
        host = String(rest)
        full = scheme + "://" + host + (port.isEmpty ? "" : ":" + port)
    }
}
