/// An expression as a worker evaluates it: comparisons in a flat list, each naming the next one for either outcome.
/// Nothing is allocated and nothing recurses while a request is matched.
final class CompiledExpression: Sendable {
    enum Field: UInt8 {
        case isTLS, scheme, serverName, method, host, path, segments, segmentCount, header, query
        case sourceAddress, sourcePort, destinationAddress, destinationPort
    }

    struct Comparison {
        var field: Field
        var operation: RoutePredicate.Operator
        var isLower: Bool
        var isAny: Bool
        /// Name of a header or query argument.
        var name: Range<Int32> = 0..<0
        var segments: (first: Int, last: Int) = (0, 0)
        /// Bytes of a string.
        var text: Range<Int32> = 0..<0
        var integer: Int64 = 0
        /// Index of a regex or network.
        var index: Int32 = 0
        var onTrue: Int32
        var onFalse: Int32
    }

    /// Outcomes, where an index would say what comes next.
    static let accepted: Int32 = -1
    static let refused: Int32 = -2

    let comparisons: ContiguousArray<Comparison>
    let bytes: ContiguousArray<UInt8>
    let regexes: ContiguousArray<Regex2>
    let networks: ContiguousArray<NetworkRange>
    let start: Int32

    /// - Parameter schemes: `http`, `https`: what the connection must speak; empty: either.
    init(_ expression: RouteExpression, schemes: Set<String> = []) throws(RouteExpressionError) {
        var compiler = ExpressionCompiler()
        var start = try compiler.add(expression, onTrue: Self.accepted, onFalse: Self.refused)
        if schemes.count == 1, let scheme = schemes.first {
            start = compiler.add(isTLS: scheme == "https", onTrue: start)
        }
        comparisons = compiler.comparisons
        bytes = compiler.bytes
        regexes = compiler.regexes
        networks = compiler.networks
        self.start = start
    }
}

/// Comparisons are laid down from the last to the first, so that the next one is always known.
private struct ExpressionCompiler {
    var comparisons: ContiguousArray<CompiledExpression.Comparison> = []
    var bytes: ContiguousArray<UInt8> = []
    var regexes: ContiguousArray<Regex2> = []
    var networks: ContiguousArray<NetworkRange> = []

    mutating func add(_ expression: RouteExpression, onTrue: Int32, onFalse: Int32) throws(RouteExpressionError)
        -> Int32
    {
        switch expression {
        case .predicate(let predicate):
            comparisons.append(try comparison(predicate, onTrue, onFalse))
            return Int32(comparisons.count - 1)
        case .all(let parts):
            var next = onTrue
            for part in parts.reversed() { next = try add(part, onTrue: next, onFalse: onFalse) }
            return next
        case .any(let parts):
            var next = onFalse
            for part in parts.reversed() { next = try add(part, onTrue: onTrue, onFalse: next) }
            return next
        case .not(let part): return try add(part, onTrue: onFalse, onFalse: onTrue)
        }
    }

    /// A test of the connection alone comes first: it is the cheapest.
    mutating func add(isTLS: Bool, onTrue: Int32) -> Int32 {
        comparisons.append(
            .init(
                field: .isTLS, operation: .equal, isLower: false, isAny: false, integer: isTLS ? 1 : 0, onTrue: onTrue,
                onFalse: CompiledExpression.refused))
        return Int32(comparisons.count - 1)
    }

    private mutating func comparison(
        _ predicate: RoutePredicate, _ onTrue: Int32, _ onFalse: Int32
    ) throws(RouteExpressionError) -> CompiledExpression.Comparison {
        var comparison = CompiledExpression.Comparison(
            field: try field(predicate.field), operation: predicate.operator, isLower: predicate.isLower,
            isAny: predicate.isAny, onTrue: onTrue, onFalse: onFalse)
        switch comparison.field {
        case .header:
            comparison.name = store(
                ExpressionFilter.lowercased(Array(predicate.field.dropFirst("http.headers.".count).utf8)))
        case .query: comparison.name = store(Array(predicate.field.dropFirst("http.queries.".count).utf8))
        case .segments:
            guard let segments = PathSegments(predicate.field.dropFirst(PathSegments.prefix.count)) else {
                throw RouteExpressionError("illformed http.path.segments.* field")
            }
            comparison.segments = (segments.first, segments.last)
        default: break
        }
        switch predicate.value {
        case .string(let text) where predicate.operator == .regex:
            comparison.index = Int32(regexes.count)
            do {
                regexes.append(try Regex2(ExpressionRegex.pattern(text)))
            } catch {
                throw RouteExpressionError(ExpressionRegex.message(text, reason: error.reason))
            }
        case .string(let text): comparison.text = store(text)
        case .integer(let number): comparison.integer = number
        case .address(let address):
            guard let network = NetworkRange(address: address, length: address.width) else { break }
            comparison.index = Int32(networks.count)
            networks.append(network)
        case .network(let network):
            comparison.index = Int32(networks.count)
            networks.append(network)
        }
        return comparison
    }

    private func field(_ name: String) throws(RouteExpressionError) -> CompiledExpression.Field {
        switch name {
        case "net.protocol": return .scheme
        case "tls.sni": return .serverName
        case "http.method": return .method
        case "http.host": return .host
        case "http.path": return .path
        case "http.path.segments.len": return .segmentCount
        case "net.src.ip": return .sourceAddress
        case "net.src.port": return .sourcePort
        case "net.dst.ip": return .destinationAddress
        case "net.dst.port": return .destinationPort
        default: break
        }
        if name.hasPrefix(PathSegments.prefix) { return .segments }
        if name.hasPrefix("http.headers.") { return .header }
        if name.hasPrefix("http.queries.") { return .query }
        throw RouteExpressionError("Unknown LHS field")
    }

    private mutating func store(_ text: [UInt8]) -> Range<Int32> {
        let start = Int32(bytes.count)
        bytes += text
        return start..<Int32(bytes.count)
    }
}
