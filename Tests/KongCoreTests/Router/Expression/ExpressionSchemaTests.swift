import Testing

@testable import KongCore

@Suite("Expressions: fields and types")
struct ExpressionSchemaTests {
    private func fault(_ text: String, _ schema: ExpressionSchema = .http) throws -> String? {
        let expression = try RouteExpression(parsing: text)
        do throws(RouteExpressionError) {
            try expression.check(schema)
            return nil
        } catch {
            return error.message
        }
    }

    @Test(
        "what HTTP routes may name",
        arguments: [
            "net.protocol == \"https\"", "tls.sni == \"a\"", "http.method == \"GET\"", "http.host =^ \".a\"",
            "http.path ^= \"/\"", "http.path.segments.0 == \"a\"", "http.path.segments.1_2 == \"a/b\"",
            "http.path.segments.len > 2", "http.headers.x_a == \"1\"", "http.queries.q contains \"1\"",
            "net.src.ip == 1.2.3.4", "net.src.ip in 10.0.0.0/8", "net.dst.ip not in fd00::/8", "net.src.port != 1",
            "net.dst.port <= 80", "lower(http.path) ~ \"a\"", "any(lower(http.headers.x)) =^ \"z\"",
        ])
    func known(text: String) throws {
        #expect(try fault(text) == nil)
    }

    @Test(
        "faults",
        arguments: [
            ("unkn == \"abc\"", "Unknown LHS field"), ("http.headers.a.b == \"x\"", "Unknown LHS field"),
            ("net.port2 == 1", "Unknown LHS field"), ("http.raw_path == \"/\"", "Unknown LHS field"),
            ("http.path == 1", "Type mismatch between the LHS and RHS values of predicate"),
            ("net.src.port == \"1\"", "Type mismatch between the LHS and RHS values of predicate"),
            ("net.src.ip == 10.0.0.0/8", "Type mismatch between the LHS and RHS values of predicate"),
            ("http.path == 1.2.3.4", "Type mismatch between the LHS and RHS values of predicate"),
            ("lower(net.src.port) == 1", "lower-case transformation function only supported with String type fields"),
            ("net.src.port ~ \"1\"", "Regex operators only supports string operands"),
            ("net.src.port ^= 1", "Regex/Prefix/Postfix operators only supports string operands"),
            (
                "http.path > \"a\"",
                "Greater/GreaterOrEqual/Lesser/LesserOrEqual operators only supports integer operands"
            ),
            ("http.path in \"abc\"", "In/NotIn operators only supports IP in CIDR"),
            ("net.src.ip in 10.0.0.1", "In/NotIn operators only supports IP in CIDR"),
            ("net.src.port contains 1", "Contains operator only supports string operands"),
            ("(http.path == \"/\" || !(foo == 1)) && bar == 2", "Unknown LHS field"),
        ])
    func faults(text: String, message: String) throws {
        #expect(try fault(text) == message)
    }

    @Test("stream routes know addresses and server names alone")
    func stream() throws {
        #expect(try fault("net.src.ip == 1.2.3.4 && net.dst.port == 80 && tls.sni == \"a\"", .stream) == nil)
        #expect(try fault("http.method == \"GET\"", .stream) == "Unknown LHS field")
        #expect(ExpressionSchema(protocols: ["tls_passthrough"]) == .stream)
        #expect(ExpressionSchema(protocols: ["grpcs"]) == .http)
        #expect(ExpressionSchema(protocols: []) == .http)
    }

    @Test(
        "segments of the path",
        arguments: [
            ("0", true), ("20_30", true), ("", false), ("abc", false), ("a_c", false), ("1_2_3", false), ("1_", false),
            ("_1", false), ("2_1", false), ("1_1", false), ("01_2", false), ("001_2", false), ("1_03", false),
            ("len0", false), ("len_a", false), ("-1", false), ("99999999999999999999", true),
        ])
    func segments(text: String, isWellFormed: Bool) {
        #expect((PathSegments(text[...]) != nil) == isWellFormed)
    }
}
