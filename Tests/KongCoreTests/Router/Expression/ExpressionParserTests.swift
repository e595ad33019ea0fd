import Testing

@testable import KongCore

/// The error's text, or nothing when the expression is read.
func parseError(_ text: String) -> String? {
    do throws(RouteExpressionError) {
        _ = try RouteExpression(parsing: text)
        return nil
    } catch {
        return error.message
    }
}

@Suite("Expressions: parser")
struct ExpressionParserTests {
    private func predicate(_ field: String, _ value: Int64) -> RouteExpression {
        .predicate(RoutePredicate(field: field, operator: .equal, value: .integer(value)))
    }

    @Test("or binds tighter than and, as in Kong")
    func precedence() throws {
        let (a, b, c, d) = (predicate("a", 1), predicate("b", 2), predicate("c", 3), predicate("d", 4))
        #expect(try RouteExpression(parsing: "a == 1 && b == 2 || c == 3 && d == 4") == .all([a, .any([b, c]), d]))
        #expect(try RouteExpression(parsing: "a == 1 || b == 2 && c == 3") == .all([.any([a, b]), c]))
        #expect(try RouteExpression(parsing: "(a == 1 && b == 2) || c == 3") == .any([.all([a, b]), c]))
        #expect(try RouteExpression(parsing: "!(a == 1 || !(b == 2))") == .not(.any([a, .not(b)])))
    }

    @Test(
        "every operator",
        arguments: [
            ("==", RoutePredicate.Operator.equal), ("!=", .notEqual), ("^=", .prefix), ("=^", .suffix), (">", .greater),
            (">=", .greaterOrEqual), ("<", .less), ("<=", .lessOrEqual), ("in", .isIn), ("not in", .isNotIn),
            ("not \n in", .isNotIn), ("contains", .contains), ("~", .regex),
        ])
    func operators(text: String, expected: RoutePredicate.Operator) throws {
        #expect(try RouteExpression(parsing: "f \(text) \"x\"").predicates.first?.operator == expected)
    }

    @Test("functions nest in any order")
    func functions() throws {
        let both = try RouteExpression(parsing: "any( lower(http.headers.x) ) == \"v\"").predicates[0]
        #expect(both.isLower && both.isAny && both.field == "http.headers.x")
        let turned = try RouteExpression(parsing: "lower(any(http.headers.x)) == \"v\"").predicates[0]
        #expect(turned == both)
        let one = try RouteExpression(parsing: "lower(f) == \"v\"").predicates[0]
        #expect(one.isLower && !one.isAny)
    }

    @Test(
        "literals",
        arguments: [
            (#""a\"b\\c\n\r\t""#, RoutePredicate.Value.string(Array("a\"b\\c\n\r\t".utf8))),
            (##"r#"^/\d+"x$"#"##, .string(Array(#"^/\d+"x$"#.utf8))), (#""""#, .string([])), ("0", .integer(0)),
            ("-42", .integer(-42)), ("0x1F", .integer(31)), ("-0x10", .integer(-16)), ("017", .integer(15)),
            ("08", .integer(8)), ("9223372036854775807", .integer(.max)), ("\"é\"", .string(Array("é".utf8))),
            ("10.1.2.3", .address(NetworkAddress(v4: 0x0A01_0203))), ("::1", .address(NetworkAddress(v6: 1))),
            ("fd00::1:2", .address(NetworkAddress(v6: 0xFD00 << 112 | 0x1_0002))),
        ])
    func literals(text: String, value: RoutePredicate.Value) throws {
        #expect(try RouteExpression(parsing: "f == \(text)").predicates.first?.value == value)
    }

    @Test("ranges of addresses")
    func ranges() throws {
        let four = try RouteExpression(parsing: "f in 10.0.0.0/8").predicates[0].value
        #expect(four == .network(try #require(NetworkRange(address: NetworkAddress(v4: 0x0A00_0000), length: 8))))
        let six = try RouteExpression(parsing: "f in fd00::/16").predicates[0].value
        #expect(six == .network(try #require(NetworkRange(address: NetworkAddress(v6: 0xFD00 << 112), length: 16))))
    }

    @Test(
        "what the grammar does not know is drawn where it stopped",
        arguments: [
            ("! a == 1", 1, "expected term"),
            ("a == 1 || ! b == 2", 11, "expected term"),
            ("(a == 1 || b == 2) && ! c == 3", 23, "expected term"),
            ("http.path = \"/foo\" && tcp.port == 80", 11, "expected binary_operator"),
            ("(http.method == \"GET\") &&", 26, "expected term"),
            ("a == ", 6, "expected rhs"),
            ("", 1, "expected term"),
            ("a == 1 b == 2", 8, "expected EOI, and_op, or or_op"),
            ("(a == 1", 8, "expected and_op or or_op"),
            ("a == \"x", 8, "expected str_char or str_esc"),
            ("a == r#\"x\"", 11, "expected rawstr_char"),
            ("any(a == 1", 5, "expected transform_func"),
        ])
    func syntax(text: String, column: Int, message: String) {
        let indent = String(repeating: " ", count: column - 1)
        #expect(parseError(text) == " --> 1:\(column)\n  |\n1 | \(text)\n  | \(indent)^---\n  |\n  = \(message)")
    }

    @Test("the place is a line and a column of characters")
    func place() {
        #expect(
            parseError("a == 1 &&\n\"é\" == 2") == " --> 2:1\n  |\n2 | \"é\" == 2\n  | ^---\n  |\n  = expected term")
        #expect(
            parseError("a == \"é\" &&\tb =") == " --> 1:15\n  |\n1 | a == \"é\" &&\tb =\n  |            \t  ^---\n  |\n"
                + "  = expected binary_operator")
    }

    @Test(
        "values that are none are marked",
        arguments: [
            ("f in 10.0.0.1/8", 6, 10, "host part of address was not zero"),
            (
                "f in 10.0.0.0/33", 6, 11,
                "invalid length for network: Network length 33 is too long for Ipv4 (maximum: 32)"
            ),
            ("f in 10.0.0.300/8", 6, 12, "couldn't parse address in network: invalid IPv4 address syntax"),
            ("f == 1.2.3.256", 6, 9, "invalid IPv4 address syntax"),
            ("f == 1::2::3", 6, 7, "invalid IPv6 address syntax"),
            ("f == 9223372036854775808", 6, 19, "number too large to fit in target type"),
            ("upper(f) == \"x\"", 1, 8, "unknown transformation function: upper"),
            ("any(upper(f)) == \"x\"", 5, 8, "unknown transformation function: upper"),
            ("f ~ 1", 5, 1, "regex operator can only be used with String operands"),
        ])
    func values(text: String, column: Int, width: Int, message: String) {
        let indent = String(repeating: " ", count: column - 1)
        let marks = width > 1 ? "^" + String(repeating: "-", count: width - 2) + "^" : "^"
        #expect(parseError(text) == " --> 1:\(column)\n  |\n1 | \(text)\n  | \(indent)\(marks)\n  |\n  = \(message)")
    }

    @Test("patterns are explained as by Rust's engine")
    func patterns() {
        let error = parseError("http.path ~ \"/[abc/*/user$\"")
        #expect(
            error == """
                 --> 1:13
                  |
                1 | http.path ~ "/[abc/*/user$"
                  |             ^-------------^
                  |
                  = regex parse error:
                    /[abc/*/user$
                     ^
                error: unclosed character class
                """)
        #expect(parseError(##"f ~ r#"^/(?<name>\d+)/(?P<other>.)$"#"##) == nil)
    }

    @Test(
        "faults of patterns are marked where Rust's engine marks them",
        arguments: [
            ("pref~[[[[[ix", 9, 1, "unclosed character class"), ("[]ab", 0, 1, "unclosed character class"),
            ("a(b(c)d", 1, 1, "unclosed group"), ("ab)c", 2, 1, "unopened group"),
            ("*a", 0, 1, "repetition operator missing expression"), ("a\\yb", 1, 2, "unrecognized escape sequence"),
            ("[z-a]", 1, 3, "invalid character class range, the start must be <= the end"),
            ("a(?=b)", 1, 3, "look-around, including look-ahead and look-behind, is not supported"),
            ("(?<!a)b", 0, 4, "look-around, including look-ahead and look-behind, is not supported"),
            ("(a)\\1", 3, 2, "backreferences are not supported"),
        ])
    func patternFaults(pattern: String, at: Int, width: Int, kind: String) {
        let text =
            "regex parse error:\n    \(pattern)\n    " + String(repeating: " ", count: at)
            + String(repeating: "^", count: width) + "\nerror: \(kind)"
        #expect(parseError("f ~ r#\"\(pattern)\"#")?.hasSuffix(text) == true)
    }

    @Test("depth and length are bounded")
    func bounds() {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "a == 1" + String(repeating: ")", count: depth)
        }
        #expect(parseError(nested(60)) == nil)
        #expect(parseError(nested(100))?.contains("nested more than 64 levels deep") == true)
        #expect(parseError(nested(100_000))?.contains("nested more than 64 levels deep") == true)
        let functions = String(repeating: "any(", count: 50_000) + "a"
        #expect(parseError(functions)?.contains("nested more than 64 levels deep") == true)
        let flat = Array(repeating: "a == 1", count: 20_000).joined(separator: " && ")
        #expect(parseError(flat) == nil)
        #expect(parseError(String(repeating: "a", count: 2 << 20))?.contains("at most 1048576") == true)
    }
}
