import Testing

@testable import KongCore

@Suite("Expressions: evaluation")
struct ExpressionEvaluationTests {
    private func holds(_ text: String, _ request: FakeRequest) throws -> Bool {
        let expression = try RouteExpression(parsing: text)
        try expression.check(.http)
        var finding = PathFinding()
        return try CompiledExpression(expression).holds(for: request, &finding)
    }

    @Test(
        "strings",
        arguments: [
            ("http.path == \"/a/b\"", true), ("http.path == \"/a\"", false), ("http.path != \"/a\"", true),
            ("http.path ^= \"/a\"", true), ("http.path =^ \"/b\"", true), ("http.path =^ \"/a/b/c/d\"", false),
            ("http.path contains \"a/\"", true), ("http.path contains \"\"", true), ("http.path contains \"x\"", false),
            ("http.path ~ \"^/a\"", true), ("http.path ~ \"b$\"", true), ("http.path ~ \"^b\"", false),
            ("http.method == \"GET\"", true), ("lower(http.method) == \"get\"", true),
            ("http.host == \"Host.Test\"", true), ("http.host == \"host.test\"", false),
            ("lower(http.host) == \"host.test\"", true), ("lower(http.host) ~ \"^host\"", true),
            ("net.protocol == \"http\"", true), ("net.protocol ~ \"^https?$\"", true),
            ("net.protocol != \"https\"", true),
            ("!(http.method == \"POST\")", true), ("!(http.method == \"GET\") || http.path == \"/a/b\"", true),
            ("http.method == \"GET\" && !(http.path ^= \"/a\")", false),
        ])
    func strings(text: String, expected: Bool) throws {
        try FakeRequest.with("/a/b", host: "Host.Test") { try #expect(holds(text, $0) == expected, "\(text)") }
    }

    @Test(
        "a field without a value holds for nothing, not even for !=",
        arguments: [
            "tls.sni != \"a\"", "http.headers.none != \"a\"", "http.queries.none != \"a\"", "http.host != \"a\"",
            "net.src.ip != 1.2.3.4", "http.path.segments.9 != \"a\"", "any(http.headers.none) != \"a\"",
        ])
    func missing(text: String) throws {
        try FakeRequest.with { try #expect(!holds(text, $0), "\(text)") }
    }

    @Test(
        "several values: all of them, or any",
        arguments: [
            ("http.headers.x == \"a\"", false), ("any(http.headers.x) == \"a\"", true),
            ("http.headers.x ^= \"\"", true),
            ("http.headers.x != \"c\"", true), ("http.headers.x != \"a\"", false),
            ("any(http.headers.x) != \"a\"", true),
            ("any(lower(http.headers.x)) == \"b\"", true), ("any(http.headers.x) == \"b\"", false),
            ("http.headers.x_y == \"1\"", true), ("http.headers.X_Y == \"1\"", true),
            ("http.queries.q == \"1\"", false), ("any(http.queries.q) == \"2 3\"", true),
            ("http.queries.e == \"\"", true),
            ("http.queries.f == \"\"", true), ("http.queries.a_b == \"c&d\"", true),
            ("http.queries.q ~ \"^[12]\"", true),
            ("http.queries.qq == \"1\"", false),
        ])
    func values(text: String, expected: Bool) throws {
        let query = "q=1&&q=2+3&e&f=&a%5Fb=c%26d&=z"
        try FakeRequest.with(query: query, headers: [("X", "a"), ("X-Y", "1"), ("x", "B")]) {
            try #expect(holds(text, $0) == expected, "\(text)")
        }
    }

    @Test(
        "numbers and addresses",
        arguments: [
            ("net.dst.port == 8443", true), ("net.dst.port > 8443", false), ("net.dst.port >= 8443", true),
            ("net.dst.port < 9000", true), ("net.dst.port <= 8442", false), ("net.src.port != 5", true),
            ("net.src.ip == 10.1.2.3", true), ("net.src.ip in 10.0.0.0/8", true),
            ("net.src.ip not in 10.0.0.0/8", false),
            ("net.src.ip in 0.0.0.0/0", true), ("net.src.ip in ::/0", false), ("net.src.ip not in ::1/128", true),
            ("net.dst.ip in fd00::/8", true), ("net.dst.ip == fd00::1", true), ("net.dst.ip != fd00::2", true),
            ("net.dst.ip in fd00::/128", false),
        ])
    func numbers(text: String, expected: Bool) throws {
        try FakeRequest.with(source: "10.1.2.3", sourcePort: 9, destination: "fd00::1", port: 8443) {
            try #expect(holds(text, $0) == expected, "\(text)")
        }
    }

    @Test(
        "segments",
        arguments: [
            ("/a/b/c", "http.path.segments.0 == \"a\"", true), ("/a/b/c", "http.path.segments.2 == \"c\"", true),
            ("/a/b/c", "http.path.segments.3 == \"\"", false), ("/a/b/c", "http.path.segments.0_1 == \"a/b\"", true),
            ("/a/b/c", "http.path.segments.1_2 == \"b/c\"", true), ("/a/b/c", "http.path.segments.1_3 ^= \"b\"", false),
            ("/a/b/c", "http.path.segments.len == 3", true), ("/a/b/c/", "http.path.segments.len == 3", true),
            ("/a/b/c/", "http.path.segments.2 == \"c\"", true), ("/a/b/c/", "http.path.segments.3 == \"\"", false),
            ("/", "http.path.segments.len == 0", true), ("/", "http.path.segments.0 == \"\"", false),
            ("/a", "http.path.segments.len == 1", true), ("/a", "http.path.segments.0 == \"a\"", true),
            ("/a/b", "http.path.segments.99999999999999999999 ^= \"\"", false),
        ])
    func segments(path: String, text: String, expected: Bool) throws {
        try FakeRequest.with(path) { try #expect(holds(text, $0) == expected, "\(path) \(text)") }
    }

    @Test(
        "what a route strips",
        arguments: [
            ("http.path == \"/a/b.png\"", 8, nil), ("http.path ^= \"/a\"", 2, nil),
            ("http.path =^ \".png\"", 4, ".png"),
            ("http.path ~ \"^/a/.\"", 4, nil), ("http.path ~ \"b.p\"", 3, "b.p"),
            ("lower(http.path) ^= \"/a\"", 2, nil),
            ("http.path contains \"a\"", 0, nil), ("http.method == \"GET\"", 0, nil),
            ("http.path ^= \"/a\" && http.path =^ \"g\"", 1, "g"),
            ("http.path =^ \"g\" && http.path ^= \"/a\"", 2, nil),
        ] as [(String, Int, String?)])
    func stripped(text: String, length: Int, other: String?) throws {
        let router = ExpressionRouter()
        try router.add(ExpressionRoute(1, text), as: 1)
        FakeRequest.with("/a/b.png") { request in
            let path = router.match(request)?.path
            #expect(path == MatchedPath(length: length, other: other.map { Array($0.utf8) }), "\(text)")
        }
    }

    @Test("what was matched in small letters is told in small letters")
    func strippedSmall() throws {
        let router = ExpressionRouter()
        try router.add(ExpressionRoute(1, "lower(http.path) ^= \"/abc\""), as: 1)
        try router.add(ExpressionRoute(2, "lower(http.path) ~ \"^/x.z\""), as: 2)
        FakeRequest.with("/ABC/d") { request in
            #expect(router.match(request)?.path == MatchedPath(length: 4, other: Array("/abc".utf8)))
        }
        FakeRequest.with("/XYZ/d") { request in
            #expect(router.match(request)?.path == MatchedPath(length: 4, other: Array("/xyz".utf8)))
        }
    }

    @Test("captures of a pattern anywhere in the path")
    func captures() throws {
        let router = ExpressionRouter()
        try router.add(ExpressionRoute(1, ##"http.path ~ r#"user/(?<id>\d+)"#"##), as: 1)
        try FakeRequest.with("/x/user/42/y") { request in
            let regex = try #require(router.match(request)?.regex)
            #expect(regex.captures(request.path, anywhere: true)?.named["id"] == Array("42".utf8))
        }
    }
}
