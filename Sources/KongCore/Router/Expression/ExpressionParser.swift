extension RouteExpression {
    /// Longer texts are refused before they are read.
    public static let longestSource = 1 << 20

    /// Reads an expression; fields and types are not looked at (see `check`).
    public init(parsing text: String) throws(RouteExpressionError) {
        let source = Array(text.utf8)
        guard source.count <= Self.longestSource else {
            throw RouteExpressionError(
                "expression is \(source.count) bytes long; at most \(Self.longestSource) are allowed")
        }
        var grammar = ExpressionGrammar(source)
        let chain = try grammar.parse()
        self = try ExpressionBuilder(source: source).expression(chain)
    }
}

/// Makes the tree of what the grammar has read: precedence, values of literals.
private struct ExpressionBuilder {
    let source: [UInt8]

    /// `||` binds tighter than `&&`, as in Kong.
    func expression(_ chain: ExpressionGrammar.Chain) throws(RouteExpressionError) -> RouteExpression {
        var groups: [[RouteExpression]] = [[try term(chain.first)]]
        for (isOr, next) in chain.rest {
            let part = try term(next)
            if isOr { groups[groups.count - 1].append(part) } else { groups.append([part]) }
        }
        let parts = groups.map { $0.count == 1 ? $0[0] : RouteExpression.any($0) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private func term(_ term: ExpressionGrammar.Term) throws(RouteExpressionError) -> RouteExpression {
        switch term {
        case .predicate(let predicate): return .predicate(try self.predicate(predicate))
        case .group(let isNegated, let chain):
            let inner = try expression(chain)
            return isNegated ? .not(inner) : inner
        }
    }

    private func predicate(_ read: ExpressionGrammar.Predicate) throws(RouteExpressionError) -> RoutePredicate {
        var predicate = RoutePredicate(
            field: text(read.field), operator: read.operator, value: .integer(0))
        for function in read.functions.reversed() {
            switch text(function.name) {
            case "lower": predicate.isLower = true
            case "any": predicate.isAny = true
            case let unknown: throw fault("unknown transformation function: \(unknown)", function.whole)
            }
        }
        predicate.value = try value(read.literal)
        guard predicate.operator == .regex else { return predicate }
        guard case .string(let pattern) = predicate.value else {
            throw fault("regex operator can only be used with String operands", read.literal.whole)
        }
        do {
            _ = try Regex2(ExpressionRegex.pattern(pattern))
        } catch {
            throw fault(ExpressionRegex.message(pattern, reason: error.reason), read.literal.whole)
        }
        return predicate
    }

    private func value(_ literal: ExpressionGrammar.Literal) throws(RouteExpressionError) -> RoutePredicate.Value {
        switch literal.kind {
        case .string: .string(unescaped(literal.content))
        case .raw: .string(Array(source[literal.content]))
        case .v4Address, .v6Address: .address(try address(literal.content, in: literal.whole, isNetwork: false))
        case .v4Network, .v6Network: .network(try network(literal.content))
        case .integer(let isNegative, let radix): .integer(try integer(literal.content, isNegative, radix))
        }
    }

    private func unescaped(_ content: Range<Int>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(content.count)
        var isEscaped = false
        for byte in source[content] {
            if !isEscaped && byte == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            }
            switch (isEscaped, byte) {
            case (true, UInt8(ascii: "n")): out.append(0x0A)
            case (true, UInt8(ascii: "r")): out.append(0x0D)
            case (true, UInt8(ascii: "t")): out.append(0x09)
            default: out.append(byte)
            }
            isEscaped = false
        }
        return out
    }

    private func integer(_ digits: Range<Int>, _ isNegative: Bool, _ radix: Int) throws(RouteExpressionError) -> Int64 {
        guard let number = Int64(text(digits), radix: radix) else {
            throw fault("number too large to fit in target type", digits)
        }
        return isNegative ? -number : number
    }

    private func address(_ place: Range<Int>, in whole: Range<Int>, isNetwork: Bool) throws(RouteExpressionError)
        -> NetworkAddress
    {
        let text = text(place)
        if let address = NetworkAddress(text[...]) { return address }
        let family = text.contains(":") ? "IPv6" : "IPv4"
        throw fault(
            (isNetwork ? "couldn't parse address in network: " : "") + "invalid \(family) address syntax", whole)
    }

    private func network(_ place: Range<Int>) throws(RouteExpressionError) -> NetworkRange {
        let slash = source[place].lastIndex(of: UInt8(ascii: "/")) ?? place.upperBound
        let address = try address(place.lowerBound..<slash, in: place, isNetwork: true)
        // At most three digits, so that the number always exists.
        let length = Int(text(min(slash + 1, place.upperBound)..<place.upperBound)) ?? 0
        guard length <= address.width else {
            let family = address.isV6 ? "Ipv6" : "Ipv4"
            throw fault(
                "invalid length for network: Network length \(length) is too long for \(family) (maximum: "
                    + "\(address.width))", place)
        }
        guard let network = NetworkRange(address: address, length: length) else {
            throw fault("host part of address was not zero", place)
        }
        return network
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: source[range], as: UTF8.self) }

    private func fault(_ message: String, _ range: Range<Int>) -> RouteExpressionError {
        RouteExpressionError(message, at: range, of: source)
    }
}
