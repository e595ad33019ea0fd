/// The grammar of the router expression language.
///
/// Recursive descent by the rules of the engine that Kong uses, under their names, because an error lists the rules
/// that could have gone on from the farthest place. Source: atc-router's grammar and the way the pest library
/// reports failures: a rule that fails takes the place of the rules tried inside it at the same spot, unless there
/// was only one.
struct ExpressionGrammar {
    /// In the order in which an error lists them.
    enum Rule: Int {
        case EOI, ident, rhs, transform_func, lhs, int_literal, hex_digits, oct_digits, dec_digits
        case str_literal, str_char, str_esc, rawstr_literal, rawstr_char
        case ipv4_literal, ipv6_literal, ipv4_cidr_literal, ipv6_cidr_literal
        case binary_operator, and_op, or_op, not_op
        case predicate, parenthesised_expression, term, expression, matcher
    }

    /// What was read, with the places of its parts.
    indirect enum Term {
        case predicate(Predicate)
        case group(isNegated: Bool, Chain)
    }

    /// `first op term op term …`; true: `||`.
    struct Chain {
        var first: Term
        var rest: [(isOr: Bool, term: Term)] = []
    }

    struct Function {
        var name: Range<Int>
        var whole: Range<Int>
    }

    struct Literal {
        enum Kind {
            case string, raw, v4Network, v6Network, v4Address, v6Address, integer(isNegative: Bool, radix: Int)
        }
        var kind: Kind
        /// What lies between quotes, or the digits, or the address.
        var content: Range<Int>
        var whole: Range<Int>
    }

    struct Predicate {
        /// Outermost first.
        var functions: [Function]
        var field: Range<Int>
        var `operator`: RoutePredicate.Operator
        var literal: Literal
    }

    /// Deeper nesting is refused: every level takes a little of the stack.
    static let deepest = 64

    let source: [UInt8]
    var position = 0
    private var depth = 0
    private(set) var isTooDeep = false
    private var failedAt = 0
    private var failed: [Rule] = []
    private var isAtomic = false

    init(_ source: [UInt8]) { self.source = source }

    /// Reads the whole source.
    mutating func parse() throws(RouteExpressionError) -> Chain {
        let chain = rule(.matcher) { grammar -> Chain? in
            grammar.skipSpace()
            guard let chain = grammar.expression() else { return nil }
            grammar.skipSpace()
            return grammar.rule(.EOI) { $0.position == $0.source.count ? chain : nil }
        }
        if isTooDeep {
            throw RouteExpressionError(
                "parentheses and functions are nested more than \(Self.deepest) levels deep; write the condition flatter",
                at: position..<position, of: source)
        }
        guard let chain else { throw failure }
        return chain
    }

    private var failure: RouteExpressionError {
        let names = Set(failed).sorted { $0.rawValue < $1.rawValue }.map { "\($0)" }
        let list =
            switch names.count {
            case 0...1: names.first ?? ""
            case 2: names.joined(separator: " or ")
            default: names.dropLast().joined(separator: ", ") + ", or " + (names.last ?? "")
            }
        return RouteExpressionError(
            names.isEmpty ? "unknown parsing error" : "expected \(list)", at: failedAt..<failedAt, of: source)
    }
}

// MARK: - Failures

extension ExpressionGrammar {
    /// Tries a rule; on failure the position is as before, and the failure is remembered.
    mutating func rule<T>(_ rule: Rule, _ body: (inout Self) -> T?) -> T? {
        let start = position
        let kept = start == failedAt ? failed.count : 0
        let before = kept
        if let value = body(&self) { return value }
        if !isTooDeep { position = start }
        if !isAtomic { remember(rule, start, kept: kept, before: before) }
        return nil
    }

    private mutating func remember(_ rule: Rule, _ start: Int, kept: Int, before: Int) {
        let now = start == failedAt ? failed.count : 0
        if now - before == 1 { return }
        if start == failedAt { failed.removeSubrange(min(kept, failed.count)...) }
        if start > failedAt {
            failed = []
            failedAt = start
        }
        if start == failedAt { failed.append(rule) }
    }

    /// Tries a rule of which only the outcome counts.
    mutating func accepts(_ rule: Rule, _ body: (inout Self) -> Bool) -> Bool {
        self.rule(rule) { body(&$0) ? true : nil } ?? false
    }

    /// A rule that is read byte by byte: nothing inside it is reported.
    mutating func atomic<T>(_ rule: Rule, _ body: (inout Self) -> T?) -> T? {
        self.rule(rule) { grammar in
            let outer = grammar.isAtomic
            grammar.isAtomic = true
            defer { grammar.isAtomic = outer }
            return body(&grammar)
        }
    }

    /// Goes one level down; nil when that is too deep.
    private mutating func nested<T>(_ body: (inout Self) -> T?) -> T? {
        guard depth < Self.deepest else {
            isTooDeep = true
            return nil
        }
        depth += 1
        defer { depth -= 1 }
        return body(&self)
    }
}

// MARK: - Bytes

extension ExpressionGrammar {
    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A { position += 1 }
    }

    private var peek: UInt8? { position < source.count ? source[position] : nil }

    mutating func take(_ text: StaticString) -> Bool {
        guard isAt(text) else { return false }
        position += text.utf8CodeUnitCount
        return true
    }

    func isAt(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard source.count - position >= count else { return false }
        for offset in 0..<count where source[position + offset] != text.utf8Start[offset] { return false }
        return true
    }

    /// Takes between `least` and `most` bytes of a kind.
    mutating func take(_ least: Int, _ most: Int = .max, _ isWanted: (UInt8) -> Bool) -> Bool {
        let start = position
        while let byte = peek, position - start < most, isWanted(byte) { position += 1 }
        guard position - start >= least else {
            position = start
            return false
        }
        return true
    }
}

// MARK: - Rules

extension ExpressionGrammar {
    private mutating func expression() -> Chain? {
        rule(.expression) { grammar in
            guard let first = grammar.term() else { return nil }
            var chain = Chain(first: first)
            while true {
                let end = grammar.position
                grammar.skipSpace()
                let isOr = grammar.logicalOperator()
                grammar.skipSpace()
                guard let isOr, let term = grammar.term() else {
                    if grammar.isTooDeep { return nil }
                    grammar.position = end
                    return chain
                }
                chain.rest.append((isOr, term))
            }
        }
    }

    private mutating func logicalOperator() -> Bool? {
        if accepts(.and_op, { $0.take("&&") }) { return false }
        return accepts(.or_op) { $0.take("||") } ? true : nil
    }

    private mutating func term() -> Term? {
        rule(.term) { grammar in
            if let predicate = grammar.predicate() { return .predicate(predicate) }
            if grammar.isTooDeep { return nil }
            return grammar.parenthesised()
        }
    }

    private mutating func parenthesised() -> Term? {
        rule(.parenthesised_expression) { grammar in
            let isNegated = grammar.accepts(.not_op) { $0.take("!") }
            grammar.skipSpace()
            guard grammar.take("(") else { return nil }
            grammar.skipSpace()
            guard let chain = grammar.nested({ $0.expression() }) else { return nil }
            grammar.skipSpace()
            return grammar.take(")") ? .group(isNegated: isNegated, chain) : nil
        }
    }

    private mutating func predicate() -> Predicate? {
        rule(.predicate) { grammar in
            var functions: [Function] = []
            guard let field = grammar.leftSide(&functions) else { return nil }
            grammar.skipSpace()
            guard let comparison = grammar.binaryOperator() else { return nil }
            grammar.skipSpace()
            guard let literal = grammar.rightSide() else { return nil }
            return Predicate(functions: functions, field: field, operator: comparison, literal: literal)
        }
    }

    private mutating func leftSide(_ functions: inout [Function]) -> Range<Int>? {
        rule(.lhs) { grammar in
            let count = functions.count
            let field = grammar.rule(.transform_func) { grammar -> Range<Int>? in
                let start = grammar.position
                guard let name = grammar.ident() else { return nil }
                grammar.skipSpace()
                guard grammar.take("(") else { return nil }
                grammar.skipSpace()
                let index = functions.count
                functions.append(Function(name: name, whole: start..<start))
                guard let field = grammar.nested({ $0.leftSide(&functions) }) else { return nil }
                grammar.skipSpace()
                guard grammar.take(")") else { return nil }
                functions[index].whole = start..<grammar.position
                return field
            }
            if let field { return field }
            functions.removeSubrange(count...)
            return grammar.isTooDeep ? nil : grammar.ident()
        }
    }

    private mutating func ident() -> Range<Int>? {
        atomic(.ident) { grammar in
            let start = grammar.position
            guard grammar.take(1, 1, { $0.isASCIILetter }) else { return nil }
            _ = grammar.take(0) { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
            return start..<grammar.position
        }
    }

    private mutating func binaryOperator() -> RoutePredicate.Operator? {
        rule(.binary_operator) { grammar in
            for (text, comparison) in Self.operators where grammar.take(text) { return comparison }
            let start = grammar.position
            if grammar.take("not") {
                grammar.skipSpace()
                if grammar.take("in") { return .isNotIn }
                grammar.position = start
            }
            return grammar.take("contains") ? .contains : nil
        }
    }

    private static let operators: [(StaticString, RoutePredicate.Operator)] = [
        ("==", .equal), ("!=", .notEqual), ("~", .regex), ("^=", .prefix), ("=^", .suffix), (">=", .greaterOrEqual),
        (">", .greater), ("<=", .lessOrEqual), ("<", .less), ("in", .isIn),
    ]
}
