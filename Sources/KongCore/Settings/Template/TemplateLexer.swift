/// Cuts a Lua expression into tokens.
struct TemplateLexer {
    enum Token: Hashable {
        case name(String), number(Double), string(String), symbol(String)

        var text: String {
            switch self {
            case .name(let name): name
            case .number(let number): SettingValue.text(of: number)
            case .string(let string): "'\(string)'"
            case .symbol(let symbol): symbol
            }
        }
    }

    private static let symbols = [
        "..", "==", "~=", "<=", ">=", "<", ">", "#", "(", ")", "[", "]", ".", ",", ":", "=", "-", "+", "*", "/", "%",
    ]

    static func tokens(_ text: String) throws(ExpressionError) -> [Token] {
        var tokens: [Token] = []
        var rest = Substring(text)
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if rest.hasPrefix("--") {
                break
            } else if first == "_" || first.isASCII && first.isLetter {
                let name = rest.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
                tokens.append(.name(String(name)))
                rest = rest.dropFirst(name.count)
            } else if first.isASCII && first.isNumber {
                tokens.append(try number(&rest))
            } else if first == "\"" || first == "'" {
                tokens.append(try string(&rest, quote: first))
            } else if let symbol = symbols.first(where: { rest.hasPrefix($0) }) {
                tokens.append(.symbol(symbol))
                rest = rest.dropFirst(symbol.count)
            } else {
                throw ExpressionError(reason: "unexpected symbol '\(first)'")
            }
        }
        return tokens
    }

    private static func number(_ rest: inout Substring) throws(ExpressionError) -> Token {
        var digits = rest.prefix { $0.isASCII && $0.isNumber }
        let after = rest[digits.endIndex...]
        // `1..x` concatenates; `1.5` is a number.
        if after.hasPrefix("."), !after.hasPrefix("..") {
            digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        }
        guard let value = Double(digits) else { throw ExpressionError(reason: "malformed number '\(digits)'") }
        rest = rest[digits.endIndex...]
        return .number(value)
    }

    private static func string(_ rest: inout Substring, quote: Character) throws(ExpressionError) -> Token {
        rest.removeFirst()
        var value = ""
        while let character = rest.popFirst() {
            if character == quote { return .string(value) }
            guard character == "\\" else {
                value.append(character)
                continue
            }
            switch rest.popFirst() {
            case "n": value.append("\n")
            case "t": value.append("\t")
            case "r": value.append("\r")
            case let escaped?: value.append(escaped)
            case nil: break
            }
        }
        throw ExpressionError(reason: "unfinished string")
    }
}
