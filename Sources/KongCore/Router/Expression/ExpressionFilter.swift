/// What must be true of a request before an expression can hold: the keys under which the router keeps it.
///
/// Keys are in small letters and compared with the request in small letters; they only ever let too much through.
struct ExpressionFilter: Equatable {
    enum Host: Hashable {
        case exactly([UInt8])
        /// A wildcard's literal part.
        case ending([UInt8])
        case beginning([UInt8])
    }

    /// A field of which some value is known.
    enum Field: Hashable {
        case header([UInt8])
        case query([UInt8])
        case serverName
    }

    struct FieldValue: Hashable {
        var field: Field
        var value: [UInt8]
    }

    /// One of these; nil: any host.
    var hosts: [Host]?
    /// The path begins with one of these; nil: any path.
    var paths: [[UInt8]]?

    /// One of these, where neither host nor path is known; nil: nothing is.
    var values: [FieldValue]?

    /// More combinations than these are not worth their memory.
    private static let mostKeys = 1024

    init(_ expression: RouteExpression) {
        hosts = Self.keys(expression, Self.host).map { Self.unique($0) }
        paths = Self.keys(expression, Self.path).map { Self.unique($0) }
        if (hosts?.count ?? 1) * (paths?.count ?? 1) > Self.mostKeys {
            if hosts == nil || hosts.map({ $0.count > Self.mostKeys }) == true {
                hosts = nil
                if paths.map({ $0.count > Self.mostKeys }) == true { paths = nil }
            } else {
                paths = nil
            }
        }
        if hosts == nil && paths == nil { values = Self.keys(expression, Self.value).map { Self.unique($0) } }
        if values.map({ $0.count > Self.mostKeys }) == true { values = nil }
    }

    private static func unique<Key: Hashable>(_ keys: [Key]) -> [Key] {
        var seen: Set<Key> = []
        return keys.filter { seen.insert($0).inserted }
    }

    /// The keys of an expression, nil when it holds without any of them.
    private static func keys<Key>(_ expression: RouteExpression, _ key: (RoutePredicate) -> Key?) -> [Key]? {
        switch expression {
        case .predicate(let predicate): return key(predicate).map { [$0] }
        case .all(let parts):
            // Each part's keys are necessary: the shortest list is the sharpest.
            return parts.compactMap { keys($0, key) }.min { $0.count < $1.count }
        case .any(let parts):
            var all: [Key] = []
            for part in parts {
                guard let keys = keys(part, key) else { return nil }
                all += keys
            }
            return all
        case .not: return nil
        }
    }

    private static func host(_ predicate: RoutePredicate) -> Host? {
        guard predicate.field == "http.host", case .string(let text) = predicate.value else { return nil }
        switch predicate.operator {
        case .equal: return .exactly(lowercased(text))
        case .suffix: return text.isEmpty ? nil : .ending(lowercased(text))
        case .prefix: return text.isEmpty ? nil : .beginning(lowercased(text))
        default: return nil
        }
    }

    private static func path(_ predicate: RoutePredicate) -> [UInt8]? {
        guard case .string(let text) = predicate.value else { return nil }
        if predicate.field == "http.path" {
            switch predicate.operator {
            case .equal, .prefix: return text.isEmpty ? nil : lowercased(text)
            case .regex:
                guard text.first == UInt8(ascii: "^") else { return nil }
                let literal = Regex2.literalPrefix(Array(text.dropFirst()))
                return literal.isEmpty ? nil : lowercased(literal)
            default: return nil
            }
        }
        // The first segments are the beginning of the path.
        guard predicate.operator == .equal || predicate.operator == .prefix,
            predicate.field.hasPrefix(PathSegments.prefix),
            let segments = PathSegments(predicate.field.dropFirst(PathSegments.prefix.count)), segments.first == 0
        else { return nil }
        return [UInt8(ascii: "/")] + lowercased(text)
    }

    private static func value(_ predicate: RoutePredicate) -> FieldValue? {
        guard predicate.operator == .equal, case .string(let text) = predicate.value else { return nil }
        let field: Field
        if predicate.field == "tls.sni" {
            field = .serverName
        } else if predicate.field.hasPrefix("http.headers.") {
            field = .header(lowercased(Array(predicate.field.dropFirst("http.headers.".count).utf8)))
        } else if predicate.field.hasPrefix("http.queries.") {
            field = .query(Array(predicate.field.dropFirst("http.queries.".count).utf8))
        } else {
            return nil
        }
        return FieldValue(field: field, value: lowercased(text))
    }

    static func lowercased(_ text: [UInt8]) -> [UInt8] {
        text.map { CompiledExpression.isCapital($0) ? $0 | 0x20 : $0 }
    }
}
