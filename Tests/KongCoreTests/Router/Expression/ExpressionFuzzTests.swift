import Testing

@testable import KongCore

/// Hostile input is refused with an error; what is accepted can be compiled and evaluated.
@Suite("Expressions: fuzz")
struct ExpressionFuzzTests {
    private static let seeds = [
        "http.path == \"/a\" && (http.method == \"GET\" || !(net.src.ip in 10.0.0.0/8))",
        ##"any(lower(http.headers.x_y)) ~ r#"^/(?<a>\d+)$"# || http.path.segments.0_2 contains "x""##,
        "net.dst.port >= -0x1F && tls.sni =^ \".a\\n\\\"b\" && net.dst.ip not in fd00::/8",
        "http.queries.q != \"\" && http.path.segments.len < 017 && net.port == 80",
    ]

    @Test("random mutations of real expressions")
    func mutations() {
        var random = SystemLikeRandom(seed: 2026)
        let tokens = [
            "(", ")", "!", "&&", "||", "==", "!=", "~", "^=", "=^", "in", "not", "contains", "\"", "\\", "r#\"", "\"#",
            "/", ":", ".", "_", "0x", "-", "9", "é", "\n", "\0", "any(", "lower(", "http.path", "::1", "1.2.3.4/32",
            " ",
        ].map { Array($0.utf8) }
        var accepted = 0
        for round in 0..<4_000 {
            var text = Array(Self.seeds[round % Self.seeds.count].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0...text.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: text.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: at)
                case 1: text.removeSubrange(at..<min(text.count, at + Int.random(in: 0...8, using: &random)))
                case 2: if at < text.count { text[at] = UInt8.random(in: 0...255, using: &random) }
                default: text.insert(contentsOf: text[..<at], at: at)
                }
            }
            if isAccepted(String(decoding: text, as: UTF8.self)) { accepted += 1 }
        }
        #expect(accepted > 100)
        #expect(accepted < 3_900)
    }

    private func isAccepted(_ text: String) -> Bool {
        do throws(RouteExpressionError) {
            let expression = try RouteExpression(parsing: ExpressionRoute.amended(text))
            try expression.check(.http)
            _ = ExpressionFilter(expression)
            let compiled = try CompiledExpression(expression)
            FakeRequest.with("/a/1/x", host: "h.a", query: "q=1", headers: [("x-y", "v")], source: "10.0.0.1") {
                var finding = PathFinding()
                _ = compiled.holds(for: $0, &finding)
            }
            return true
        } catch {
            #expect(!error.message.isEmpty)
            return false
        }
    }
}
