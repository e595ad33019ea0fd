import Testing

@testable import KongCore

@Suite("Expressions: router")
struct ExpressionRouterTests {
    private func find(
        _ router: ExpressionRouter, _ path: String = "/", host: String? = nil, method: String = "GET", tls: Bool = false
    ) -> Int? {
        FakeRequest.with(path, host: host, method: method, tls: tls) { router.match($0)?.route }
    }

    @Test("higher priority wins, then the greater UUID")
    func order() throws {
        let router = ExpressionRouter()
        try router.add(ExpressionRoute(7, "http.path ^= \"/\""), as: 0)
        try router.add(ExpressionRoute(9, "http.path ^= \"/\""), as: 1)
        try router.add(ExpressionRoute(8, "http.path ^= \"/\""), as: 2)
        try router.add(ExpressionRoute(1, "http.path ^= \"/a\"", priority: 5), as: 3)
        try router.add(ExpressionRoute(2, "http.path ^= \"/a/b\"", priority: 4), as: 4)
        #expect(find(router) == 1)
        #expect(find(router, "/a/b") == 3)
        router.remove(3)
        #expect(find(router, "/a/b") == 4)
        router.remove(1)
        #expect(find(router) == 2)
    }

    @Test("classic routes stand below those with expressions")
    func mixed() throws {
        let router = ExpressionRouter()
        var classic = ExpressionRoute(definition: RouteDefinition(id: UUIDBytes(high: 9, low: 9)))
        classic.protocols = ["http", "https"]
        classic.definition.hosts = [Array("h.test".utf8)]
        classic.definition.paths = [Array("/a/b".utf8), Array("~/x/\\d+$".utf8)]
        try router.add(classic, as: 0)
        #expect(find(router, "/a/b/c", host: "h.test") == 0)
        #expect(find(router, "/x/12", host: "h.test") == 0)
        #expect(find(router, "/x/12/y", host: "h.test") == nil)
        try router.add(ExpressionRoute(1, "http.path ^= \"/a\""), as: 1)
        #expect(find(router, "/a/b/c", host: "h.test") == 1)
        #expect(find(router, "/x/12", host: "h.test") == 0)
    }

    @Test(
        "protocols",
        arguments: [
            (["http"], true, false), (["https"], true, true), (["http", "https"], true, true), (["grpc"], true, false),
            (["grpcs"], false, true),
        ])
    func protocols(names: [String], plain: Bool, secure: Bool) throws {
        let router = ExpressionRouter()
        try router.add(ExpressionRoute(1, "http.path == \"/\"", protocols: names), as: 0)
        #expect((find(router, tls: false) != nil) == plain)
        #expect((find(router, tls: true) != nil) == secure)
    }

    @Test(
        "keys are what an expression needs",
        arguments: [
            ("http.host == \"A.test\" && http.path ^= \"/X\"", [.exactly(Array("a.test".utf8))], ["/x"]),
            (
                "http.host =^ \".t\" || http.host ^= \"t.\"",
                [.ending(Array(".t".utf8)), .beginning(Array("t.".utf8))], nil
            ),
            ("http.host == \"a\" || http.path == \"/\"", nil, nil),
            ("!(http.host == \"a\") && http.path == \"/b\"", nil, ["/b"]),
            ("http.path ~ \"^/a/b[0-9]\"", nil, ["/a/b"]), ("http.path ~ \"/a\"", nil, nil),
            ("http.path ~ \"^/a|/b\"", nil, nil), ("http.path.segments.0 == \"v1\"", nil, ["/v1"]),
            ("http.path.segments.1 == \"v1\"", nil, nil), ("lower(http.path) == \"/c\"", nil, ["/c"]),
            ("http.path != \"/c\" && http.host != \"a\"", nil, nil),
            ("(http.path == \"/a\" || http.path == \"/b\") && http.path ^= \"/\"", nil, ["/"]),
            (
                "(http.host == \"a\" && http.path == \"/1\") || (http.host == \"b\" && http.path == \"/2\")",
                [.exactly(Array("a".utf8)), .exactly(Array("b".utf8))], ["/1", "/2"]
            ),
        ] as [(String, [ExpressionFilter.Host]?, [String]?)])
    func filters(text: String, hosts: [ExpressionFilter.Host]?, paths: [String]?) throws {
        let filter = ExpressionFilter(try RouteExpression(parsing: text))
        #expect(filter.hosts == hosts, "\(text)")
        #expect(filter.paths == paths.map { $0.map { Array($0.utf8) } }, "\(text)")
    }

    @Test("whatever the keys, the answer is that of trying every route in order")
    func agreesWithLinear() throws {
        var random = SystemLikeRandom(seed: 7)
        let parts = [
            "http.host == \"a.test\"", "http.host =^ \".test\"", "http.host ^= \"b.\"",
            "lower(http.host) == \"c.test\"",
            "http.path == \"/x\"", "http.path ^= \"/x/y\"", "http.path =^ \"z\"", "http.path ~ \"^/x/[yz]\"",
            "http.path contains \"y\"", "http.path.segments.0 == \"x\"", "http.method == \"POST\"",
            "!(http.path ^= \"/x\")", "lower(http.path) ^= \"/q\"",
            "http.headers.kind == \"A\"", "any(lower(http.headers.kind)) == \"b\"", "http.queries.q == \"1\"",
        ]
        for _ in 0..<60 {
            let router = ExpressionRouter()
            var linear: [(rank: (Int64, UInt64), number: Int, expression: CompiledExpression)] = []
            for number in 0..<20 {
                let count = Int.random(in: 1...4, using: &random)
                var text = parts.randomElement(using: &random) ?? ""
                for _ in 1..<count {
                    text += Bool.random(using: &random) ? " && " : " || "
                    text += parts.randomElement(using: &random) ?? ""
                }
                let priority = Int64.random(in: 0...3, using: &random)
                let route = ExpressionRoute(UInt64(number), text, priority: priority)
                try router.add(route, as: number)
                linear.append(
                    ((priority, UInt64(number)), number, try CompiledExpression(RouteExpression(parsing: text))))
            }
            for number in Set((0..<6).map { _ in Int.random(in: 0..<20, using: &random) }) {
                router.remove(number)
                linear.removeAll { $0.number == number }
            }
            linear.sort { $0.rank > $1.rank }
            for path in ["/", "/x", "/x/y", "/x/z", "/Q/z", "/qy"] {
                for host in ["a.test", "A.TEST", "b.test", "c.test", "C.Test", nil] {
                    for method in ["GET", "POST"] {
                        let kinds = host == nil ? ["A"] : host == "a.test" ? ["B", "A"] : []
                        let query = path == "/x" ? "q=1" : "r&q="
                        FakeRequest.with(
                            path, host: host, method: method, query: query, headers: kinds.map { ("Kind", $0) }
                        ) { request in
                            var finding = PathFinding()
                            let expected = linear.first { $0.expression.holds(for: request, &finding) }?.number
                            #expect(router.match(request)?.route == expected)
                        }
                    }
                }
            }
        }
    }

    @Test("an expression that does not compile changes nothing")
    func refused() throws {
        let router = ExpressionRouter()
        #expect(throws: RouteExpressionError.self) { try router.add(ExpressionRoute(1, "http.path == "), as: 0) }
        #expect(throws: RouteExpressionError.self) { try router.add(ExpressionRoute(1, "foo == 1"), as: 0) }
        #expect(router.isEmpty)
    }

    @Test("adding and removing leaves nothing behind")
    func churn() throws {
        let router = ExpressionRouter()
        for round in 0..<3 {
            for number in 0..<200 {
                let host = number % 3 == 0 ? "http.host =^ \".h\(number)\"" : "http.host == \"h\(number)\""
                try router.add(ExpressionRoute(UInt64(number), "\(host) && http.path ^= \"/p\(number)\""), as: number)
            }
            #expect(find(router, "/p7/x", host: "h7") == 7)
            #expect(find(router, "/p9/x", host: "x.h9") == 9)
            for number in 0..<200 { router.remove(number) }
            #expect(router.isEmpty, "round \(round)")
            #expect(find(router, "/p7/x", host: "h7") == nil)
        }
    }
}

/// The same numbers in every run.
struct SystemLikeRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
