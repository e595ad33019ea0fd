/// The Lua expressions that templates use: names, members, comparison,
/// and/or/not, `#`, `..`, arithmetic, a few functions and string methods.
indirect enum TemplateExpression {
    case constant(TemplateValue)
    case name(String)
    case index(TemplateExpression, TemplateExpression)
    case not(TemplateExpression)
    case length(TemplateExpression)
    case negate(TemplateExpression)
    case and(TemplateExpression, TemplateExpression)
    case or(TemplateExpression, TemplateExpression)
    case binary(String, TemplateExpression, TemplateExpression)
    case call(String, [TemplateExpression])
    case method(TemplateExpression, String, [TemplateExpression])

    init(_ text: String) throws(ExpressionError) {
        var parser = TemplateExpressionParser(tokens: try TemplateLexer.tokens(text))
        self = try parser.expression()
        try parser.expectEnd()
    }

    /// The name in front, for errors: `x`, `x.y`.
    var label: String? {
        switch self {
        case .name(let name): name
        case .index(let base, .constant(.string(let member))): base.label.map { "\($0).\(member)" }
        case .index(let base, _): base.label.map { "\($0)[…]" }
        default: nil
        }
    }
}

/// Precedence climbing over Lua's operators.
struct TemplateExpressionParser {
    private var tokens: ArraySlice<TemplateLexer.Token>

    init(tokens: [TemplateLexer.Token]) { self.tokens = tokens[...] }

    private static let precedence: [String: Int] = [
        "or": 1, "and": 2, "<": 3, ">": 3, "<=": 3, ">=": 3, "~=": 3, "==": 3, "..": 4, "+": 5, "-": 5, "*": 6, "/": 6,
        "%": 6,
    ]

    var isAtEnd: Bool { tokens.isEmpty }

    func expectEnd() throws(ExpressionError) {
        if let token = tokens.first { throw ExpressionError(reason: "unexpected '\(token.text)'") }
    }

    mutating func expression(above minimum: Int = 0) throws(ExpressionError) -> TemplateExpression {
        var left = try unary()
        while let operation = nextOperator, let precedence = Self.precedence[operation], precedence > minimum {
            tokens.removeFirst()
            // `..` groups to the right, everything else to the left.
            let right = try expression(above: operation == ".." ? precedence - 1 : precedence)
            switch operation {
            case "and": left = .and(left, right)
            case "or": left = .or(left, right)
            default: left = .binary(operation, left, right)
            }
        }
        return left
    }

    private var nextOperator: String? {
        switch tokens.first {
        case .symbol(let symbol)?: symbol
        case .name(let name)? where name == "and" || name == "or": name
        default: nil
        }
    }

    private mutating func unary() throws(ExpressionError) -> TemplateExpression {
        if take(.name("not")) { return .not(try unary()) }
        if take(.symbol("#")) { return .length(try unary()) }
        if take(.symbol("-")) { return .negate(try unary()) }
        return try suffixed()
    }

    private mutating func suffixed() throws(ExpressionError) -> TemplateExpression {
        var value = try primary()
        while true {
            if take(.symbol(".")) {
                value = .index(value, .constant(.string(try name())))
            } else if take(.symbol("[")) {
                value = .index(value, try expression())
                try expect("]")
            } else if take(.symbol(":")) {
                let method = try name()
                try expect("(")
                value = .method(value, method, try arguments())
            } else if tokens.first == .symbol("("), let label = value.label {
                tokens.removeFirst()
                value = .call(label, try arguments())
            } else {
                return value
            }
        }
    }

    private mutating func primary() throws(ExpressionError) -> TemplateExpression {
        switch tokens.popFirst() {
        case .number(let number)?: return .constant(.number(number))
        case .string(let string)?: return .constant(.string(string))
        case .name("nil")?: return .constant(.nil)
        case .name("true")?: return .constant(.boolean(true))
        case .name("false")?: return .constant(.boolean(false))
        case .name(let name)?: return .name(name)
        case .symbol("(")?:
            let inner = try expression()
            try expect(")")
            return inner
        case let token?: throw ExpressionError(reason: "unexpected '\(token.text)'")
        case nil: throw ExpressionError(reason: "an expression is missing")
        }
    }

    private mutating func arguments() throws(ExpressionError) -> [TemplateExpression] {
        if take(.symbol(")")) { return [] }
        var arguments = [try expression()]
        while take(.symbol(",")) { arguments.append(try expression()) }
        try expect(")")
        return arguments
    }

    mutating func take(_ token: TemplateLexer.Token) -> Bool {
        guard tokens.first == token else { return false }
        tokens.removeFirst()
        return true
    }

    mutating func name() throws(ExpressionError) -> String {
        guard case .name(let name)? = tokens.popFirst() else { throw ExpressionError(reason: "a name is missing") }
        return name
    }

    mutating func expect(_ symbol: String) throws(ExpressionError) {
        guard !take(.symbol(symbol)) else { return }
        let found = tokens.first.map { "found '\($0.text)'" } ?? "the expression ends"
        throw ExpressionError(reason: "'\(symbol)' expected, \(found)")
    }
}
