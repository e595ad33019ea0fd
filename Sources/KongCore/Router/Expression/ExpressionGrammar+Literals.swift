// Literals: strings, raw strings, addresses, ranges, numbers.

extension ExpressionGrammar {
    mutating func rightSide() -> Literal? {
        rule(.rhs) { grammar in
            grammar.string() ?? grammar.rawString() ?? grammar.address(.ipv4_cidr_literal, .v4Network)
                ?? grammar.address(.ipv6_cidr_literal, .v6Network) ?? grammar.address(.ipv4_literal, .v4Address)
                ?? grammar.address(.ipv6_literal, .v6Address) ?? grammar.integer()
        }
    }

    private mutating func string() -> Literal? {
        rule(.str_literal) { grammar in
            let start = grammar.position
            guard grammar.take("\"") else { return nil }
            while grammar.escape() || grammar.character() {}
            let end = grammar.position
            guard grammar.take("\"") else { return nil }
            return Literal(kind: .string, content: (start + 1)..<end, whole: start..<grammar.position)
        }
    }

    private mutating func escape() -> Bool {
        accepts(.str_esc) { $0.take("\\") && $0.take(1, 1) { "\"\\nrt".utf8.contains($0) } }
    }

    private mutating func character() -> Bool {
        accepts(.str_char) { $0.take(1, 1) { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") } }
    }

    private mutating func rawString() -> Literal? {
        rule(.rawstr_literal) { grammar in
            let start = grammar.position
            guard grammar.take("r#\"") else { return nil }
            let content = grammar.position
            while grammar.accepts(.rawstr_char, { !$0.isAt("\"#") && $0.take(1, 1) { _ in true } }) {}
            let end = grammar.position
            guard grammar.take("\"#") else { return nil }
            return Literal(kind: .raw, content: content..<end, whole: start..<grammar.position)
        }
    }

    private mutating func address(_ name: Rule, _ kind: Literal.Kind) -> Literal? {
        atomic(name) { grammar in
            let start = grammar.position
            let isRead =
                switch kind {
                case .v4Network: grammar.v4() && grammar.take("/") && grammar.take(1, 2) { $0.isASCIIDigit }
                case .v6Network: grammar.v6() && grammar.take("/") && grammar.take(1, 3) { $0.isASCIIDigit }
                case .v4Address: grammar.v4()
                default: grammar.v6()
                }
            guard isRead else { return nil }
            return Literal(kind: kind, content: start..<grammar.position, whole: start..<grammar.position)
        }
    }

    private mutating func v4() -> Bool {
        guard take(1, 3, { $0.isASCIIDigit }) else { return false }
        for _ in 0..<3 {
            guard take("."), take(1, 3, { $0.isASCIIDigit }) else { return false }
        }
        return true
    }

    private mutating func v6() -> Bool {
        guard take(":") || take(1, 4, { $0.hexDigit != nil }), take(":") else { return false }
        return take(0) { $0.hexDigit != nil || $0 == UInt8(ascii: ":") }
    }

    private mutating func integer() -> Literal? {
        rule(.int_literal) { grammar in
            let start = grammar.position
            let isNegative = grammar.take("-")
            let first = grammar.position
            if grammar.accepts(.oct_digits, { $0.take("0") && $0.take(1) { $0.isOctalDigit } }) {
                return grammar.integer(start, first, isNegative, radix: 8)
            }
            if grammar.take("0x") {
                let digits = grammar.position
                if grammar.accepts(.hex_digits, { $0.take(1) { $0.hexDigit != nil } }) {
                    return grammar.integer(start, digits, isNegative, radix: 16)
                }
                grammar.position = first
            }
            guard grammar.accepts(.dec_digits, { $0.take(1) { $0.isASCIIDigit } }) else { return nil }
            return grammar.integer(start, first, isNegative, radix: 10)
        }
    }

    private func integer(_ start: Int, _ digits: Int, _ isNegative: Bool, radix: Int) -> Literal {
        Literal(
            kind: .integer(isNegative: isNegative, radix: radix), content: digits..<position, whole: start..<position)
    }
}

extension UInt8 {
    fileprivate var isOctalDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(self) }
}
