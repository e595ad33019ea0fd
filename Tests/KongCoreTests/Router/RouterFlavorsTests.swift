import Testing

@testable import KongCore

/// The cases of Kong's own router tests (spec/01-unit/08-router_spec.lua, select()), for the three flavours.
@Suite("Router flavours")
struct RouterFlavorsTests {
    enum Flavor: String, CaseIterable { case traditional, compatible, expressions }

    struct Route {
        var hosts: [String] = []
        var paths: [String] = []
        var methods: [String] = []
        var headers: [String: [String]] = [:]

        func definition(_ number: Int) -> RouteDefinition {
            var route = RouteDefinition(id: UUIDBytes(high: 0xE8FB_37F1_102D_461E, low: UInt64(number)))
            route.createdAt = Int64(number)
            route.hosts = hosts.map { Array($0.utf8) }
            route.paths = paths.map { Array($0.utf8) }
            route.methods = methods.map { Array($0.utf8) }
            route.headers = headers.sorted { $0.key < $1.key }.map { name, values in
                .init(name: Array(name.lowercased().utf8), values: values.map { Array($0.utf8) })
            }
            return route
        }
    }

    struct Ask {
        var method = "GET"
        var path = "/"
        var host: String?
        var headers: [(String, String)] = []
        var tls = false
        /// The number of the route, from one; nil: none.
        var finds: Int?
        var flavors = Flavor.allCases

        init(
            _ method: String = "GET", _ path: String = "/", _ host: String? = nil, _ headers: [(String, String)] = [],
            tls: Bool = false, in flavors: [Flavor] = Flavor.allCases, finds: Int?
        ) {
            self.method = method
            self.path = path
            self.host = host
            self.headers = headers
            self.tls = tls
            self.finds = finds
            self.flavors = flavors
        }
    }

    /// A router of one flavour.
    struct Subject {
        private let router = Router()
        private let expressions = ExpressionRouter()
        let flavor: Flavor

        init(_ flavor: Flavor, _ routes: [Route]) throws {
            self.flavor = flavor
            for (index, route) in routes.enumerated() {
                let definition = route.definition(index + 1)
                switch flavor {
                case .traditional:
                    for part in definition.traditional { try router.add(part, as: index + 1) }
                case .compatible: try router.add(definition.compatible, as: index + 1)
                case .expressions:
                    var route = ExpressionRoute(definition: definition)
                    route.protocols = ["http", "https"]
                    try expressions.add(route, as: index + 1)
                }
            }
        }

        func find(_ ask: Ask) -> Int? {
            let parts = ask.host?.split(separator: ":", maxSplits: 1).map(String.init) ?? []
            var port = parts.count > 1 ? UInt16(parts[1]) ?? 0 : 0
            if port == 0 && flavor == .traditional { port = ask.tls ? 443 : 80 }
            return FakeRequest.with(
                ask.path, host: parts.first, method: ask.method, headers: ask.headers, tls: ask.tls, port: port
            ) { request in
                if flavor == .expressions { return expressions.match(request)?.route }
                let query = RouteQuery(
                    path: request.path, host: request.host ?? UnsafeBufferPointer(start: nil, count: 0), port: port,
                    method: MethodSet(name: ask.method.utf8), methodName: request.method, sni: nil)
                return router.match(query) { name in
                    var values: [[UInt8]] = []
                    name.withUnsafeBufferPointer { name in
                        request.forEachHeader(name) { value in
                            values.append(ExpressionFilter.lowercased(Array(value)))
                            return true
                        }
                    }
                    return values.isEmpty ? nil : values
                }?.route
            }
        }
    }

    private func check(
        _ routes: [Route], _ asks: [Ask], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for flavor in Flavor.allCases {
            let subject = try Subject(flavor, routes)
            for ask in asks where ask.flavors.contains(flavor) {
                #expect(
                    subject.find(ask) == ask.finds, "\(flavor): \(ask.method) \(ask.path) \(ask.host ?? "-")",
                    sourceLocation: sourceLocation)
            }
        }
    }

    private static let domains = ["domain-1.org", "domain-2.org"]
    private static let writes = ["POST", "PUT", "PATCH"]
    private static let places = ["my-location-1", "my-location-2"]

    private static let useCase: [Route] = [
        Route(hosts: domains),
        Route(methods: ["TRACE"]),
        Route(paths: ["/my-route"]),
        Route(hosts: domains, paths: ["/route-4"]),
        Route(hosts: domains, methods: writes),
        Route(paths: ["/route-6"], methods: writes),
        Route(hosts: ["domain-with-uri-1.org", "domain-with-uri-2.org"], paths: ["/my-route-uri"], methods: writes),
        Route(paths: ["/serviceless"]),
        Route(headers: ["location": places]),
        Route(headers: ["location": ["my-location-1"], "version": ["v1", "v2"]]),
        Route(paths: ["/headers-uri"], headers: ["location": places]),
        Route(
            hosts: ["domain-with-headers-1.org", "domain-with-headers-2.org"], paths: ["/headers-host-uri-method"],
            methods: writes, headers: ["location": places]),
        Route(hosts: ["domain-1.org:321", "domain-2.org"]),
        Route(hosts: ["domain-3.org:321"]),
        Route(headers: ["user_agent": [#"~*windows|linux|os\s+x\s*[\d\._]+|solaris|bsd"#]]),
    ]

    @Test("every kind of attribute, alone and together")
    func attributes() throws {
        let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/83.0 Safari/537.36"
        try check(
            Self.useCase,
            [
                Ask("GET", "/", "domain-1.org", in: [.traditional], finds: 1),
                Ask("GET", "/", "domain-1.org:80", in: [.traditional], finds: 1),
                Ask("GET", "/", "domain-1.org:123", in: [.traditional], finds: 1),
                Ask("GET", "/", "domain-1.org:321", finds: 13), Ask("GET", "/", "domain-3.org:321", finds: 14),
                Ask("GET", "/", "domain-3.org:123", finds: nil), Ask("GET", "/my-route", "domain.org", finds: 3),
                Ask("GET", "/my-route-uri", "", finds: 3), Ask("TRACE", "/", "domain.org", finds: 2),
                Ask("GET", "/route-4", "domain-1.org", finds: 4), Ask("POST", "/", "domain-1.org", finds: 5),
                Ask("PUT", "/route-6", "domain.org", finds: 6),
                Ask("PUT", "/my-route-uri", "domain-with-uri-2.org", finds: 7), Ask("GET", "/serviceless", finds: 8),
                Ask("GET", "/my-route/some/path", "domain.org", finds: 3),
                Ask("GET", "/", nil, [("location", "my-location-1")], finds: 9),
                Ask("GET", "/", nil, [("location", "my-location-2")], finds: 9),
                Ask("GET", "/", nil, [("location", "my-location-3"), ("location", "my-location-2")], finds: 9),
                Ask("GET", "/", nil, [("location", "my-location-3")], finds: nil),
                Ask("GET", "/", nil, [("location", "my-location-3"), ("location", "foo")], finds: nil),
                Ask("GET", "/", nil, [("user-agent", agent)], finds: 15),
                Ask("GET", "/", nil, [("location", "my-location-1"), ("version", "v1")], finds: 10),
                Ask("GET", "/", nil, [("location", "x"), ("location", "my-location-1"), ("version", "v2")], finds: 10),
                Ask("GET", "/", nil, [("location", "x"), ("location", "my-location-2"), ("version", "v2")], finds: 9),
                Ask("GET", "/headers-uri", nil, [("location", "my-location-2")], finds: 11),
                Ask(
                    "PUT", "/headers-host-uri-method", "domain-with-headers-1.org", [("location", "my-location-2")],
                    finds: 12),
            ])
    }

    @Test("what matches nothing")
    func misses() throws {
        let wrong = [("location", "invalid-location")]
        try check(
            Self.useCase,
            [
                Ask("GET", "/", "domain-3.org", finds: nil), Ask("GET", "/route-4", "domain-3.org", finds: nil),
                Ask("GET", "/some-uri", "domain-with-uri-2.org", finds: nil),
                Ask("PUT", "/some-uri-foo", "domain-with-uri-2.org", finds: nil),
                Ask("GET", "/some-other-prefix/my-route", "domain.org", finds: nil),
                Ask("GET", "/", nil, wrong, finds: nil), Ask("GET", "/headers-uri", nil, wrong, finds: nil),
                Ask("PUT", "/headers-host-uri-method", "domain-with-headers-1.org", wrong, finds: nil),
            ])
    }

    @Test("a longer prefix is not superseded, whatever else is matched")
    func longerPrefix() throws {
        let asks = [
            Ask("GET", "/my-route/hello", "domain.org", finds: 1),
            Ask("GET", "/my-route/hello/world", "domain.org", finds: 1),
            Ask("GET", "/my-route", "domain.org", finds: 2), Ask("GET", "/my-route/world", "domain.org", finds: 2),
        ]
        try check([Route(paths: ["/my-route/hello"]), Route(paths: ["/my-route"])], asks)
        let methods = ["POST", "PUT", "GET"]
        try check(
            [Route(paths: ["/my-route/hello"], methods: methods), Route(paths: ["/my-route"], methods: methods)], asks)
        let host = ["domain.org"]
        try check([Route(hosts: host, paths: ["/my-route/hello"]), Route(hosts: host, paths: ["/my-route"])], asks)
        try check(
            [
                Route(hosts: ["example.com"], paths: ["/my-route"]),
                Route(hosts: ["example.com"], paths: ["/my-route/hello"]),
                Route(hosts: ["example.net"], paths: ["/my-route/hello/world"]),
            ],
            [
                Ask("GET", "/my-route/hello/world", "example.com", finds: 2),
                Ask("GET", "/my-route/hello/world/and/goodnight", "example.com", finds: 2),
            ])
        try check(
            [Route(paths: ["/something/my-route"]), Route(hosts: ["example.com"], paths: ["/my-route"])],
            [Ask("GET", "/something/my-route", "example.com", finds: 1)])
        try check(
            [Route(paths: ["/a", "/bbbbbbb"]), Route(paths: ["/a/bb"])],
            [Ask("GET", "/a/bb/foobar", "domain.org", finds: 2)])
    }

    @Test("patterns of paths")
    func patterns() throws {
        try check([Route(paths: [#"~/users/\d+/profile"#])], [Ask("GET", "/users/123/profile", "domain.org", finds: 1)])
        try check(
            [
                Route(paths: [#"~/route/persons/\d{3}"#]), Route(paths: [#"~/route/persons/\d{3}/following"#]),
                Route(paths: [#"~/route/persons/\d{3}/[a-z]+"#]),
            ], [Ask("GET", "/route/persons/456", "domain.org", finds: 1)])
        try check(
            [Route(paths: ["/route/persons"]), Route(paths: [#"~/route/persons/\d+/profile"#])],
            [Ask("GET", "/route/persons/123/profile", "domain.org", finds: 2)])
        try check(
            [Route(paths: ["/route/fixture"]), Route(paths: ["~/route/(fixture)"])],
            [Ask("GET", "/route/fixture", "domain.org", finds: 2)])
        try check(
            [
                Route(hosts: ["route.com"], paths: ["/pat"]),
                Route(hosts: ["route.com"], paths: ["/path"], methods: ["POST"]),
                Route(hosts: ["route.com"], paths: ["~/(path)"]),
            ], [Ask("GET", "/path", "route.com", finds: 3)])
        try check(
            [Route(paths: ["~/prefix/[0-9]+"])],
            [
                Ask("GET", "/prefix/123", "domain.org", finds: 1),
                Ask("GET", "/extra/prefix/123", "domain.org", finds: nil),
            ])
        try check(
            [
                Route(paths: [#"~/users/\d+/profile"#], methods: ["GET"]),
                Route(paths: [#"~/users/\d*/profile"#], methods: ["POST"]),
            ],
            [
                Ask("GET", "/users/123/profile", "domain.org", finds: 1),
                Ask("POST", "/users/123/profile", "domain.org", finds: 2),
            ])
    }

    @Test("wildcard hosts")
    func wildcards() throws {
        let two = [Route(hosts: ["*.route.com"]), Route(hosts: ["route.*"])]
        try check(
            two + [Route(hosts: ["*.route.net:123"]), Route(hosts: ["route.*:123"])],
            [
                Ask("GET", "/", "foo.route.com", finds: 1), Ask("GET", "/", "route.org", finds: 2),
                Ask("GET", "/", "foo.route.com:123", finds: 1), Ask("GET", "/", "foo.route.net:123", finds: 3),
                Ask("GET", "/", "foo.route.net:456", finds: nil), Ask("GET", "/", "route.org:123", finds: 4),
            ])
        try check(
            two + [Route(hosts: ["route.*:80"])],
            [
                Ask("GET", "/", "route.org:123", finds: 2), Ask("GET", "/", "route.org:80", finds: 3),
                Ask("GET", "/", "route.org", in: [.traditional], finds: 3),
            ])
        try check(
            two + [Route(hosts: ["route.*:443"])],
            [
                Ask("GET", "/", "route.org:443", finds: 3),
                Ask("GET", "/", "route.org", tls: true, in: [.traditional], finds: 3),
            ])
        try check(
            [Route(hosts: ["plain.route.com"])] + two + [Route(hosts: ["route.com"])],
            [
                Ask("GET", "/", "route.com", finds: 4), Ask("GET", "/", "route.org", finds: 3),
                Ask("GET", "/", "plain.route.com", finds: 1), Ask("GET", "/", "foo.route.com", finds: 2),
            ])
        try check(
            [Route(hosts: ["*.route.com"], paths: ["/path1"]), Route(hosts: ["plain.route.com"], paths: ["/path2"])],
            [Ask("GET", "/path1", "plain.route.com", finds: 1), Ask("GET", "/path2", "plain.route.com", finds: 2)])
        try check(
            [Route(hosts: ["route.*"]), Route(hosts: ["route.*:80", "route.com.*"])],
            [Ask("GET", "/", "route.org:80", finds: 2)])
        try check(
            [Route(hosts: ["route.*"]), Route(hosts: ["route.*:123"]), Route(hosts: ["route.*:80"])],
            [
                Ask("GET", "/", "route.org:123", finds: 2), Ask("GET", "/", "route.org", in: [.traditional], finds: 3),
            ])
        try check(
            [Route(hosts: ["*.domain.com", "example.com"], paths: ["/path"], methods: ["GET", "TRACE"])],
            [
                Ask("POST", "/path", "foo.domain.com", finds: nil), Ask("GET", "/path", "foo.domain.com", finds: 1),
                Ask("TRACE", "/path", "example.com", finds: 1),
            ])
        try check(
            [
                Route(hosts: ["*.example.com"], paths: [#"~/users/\d+/profile"#]),
                Route(hosts: ["*.example.com"], paths: ["/users"]),
            ],
            [
                Ask("GET", "/users/123/profile", "test.example.com", finds: 1),
                Ask("GET", "/users", "test.example.com", finds: 2),
            ])
    }

    @Test("headers: more names first, small and capital letters alike")
    func headers() throws {
        let both = ["version": ["v1", "v2"], "user_agent": ["foo", "bar"]]
        try check(
            [Route(headers: both), Route(headers: both.merging(["location": ["east", "west"]]) { $1 })],
            [
                Ask(
                    "GET", "/", nil,
                    [("version", "v1"), ("user-agent", "foo"), ("location", "north"), ("location", "west")], finds: 2)
            ])
        try check(
            [Route(headers: ["USER_AGENT": ["foo", "bar"]]), Route(headers: ["user_agent": ["BAZ"]])],
            [
                Ask("GET", "/", nil, [("user-agent", "FOO")], finds: 1),
                Ask("GET", "/", nil, [("User-Agent", "baz")], finds: 2),
                Ask("GET", "/", nil, [("user_agent", "Bar")], finds: 1),
            ])
        try check(
            [
                Route(paths: ["/my-route/hello"], headers: ["version": ["v1"]]),
                Route(paths: ["/my-route"], headers: ["version": ["v1"], "location": ["us-east"]]),
            ],
            [Ask("GET", "/my-route/hello", "domain.org", [("version", "v1"), ("location", "us-east")], finds: 2)])
        try check(
            [Route(headers: ["test": ["~*Quote[A-Z]"]])],
            [Ask("GET", "/", nil, [("test", "QUOTEX")], in: [.compatible, .expressions], finds: 1)])
    }

    @Test("escapes in paths are compared as they are")
    func escapes() throws {
        try check(
            [
                Route(paths: ["/plain/a.b.c"]), Route(paths: ["/plain/a.b%58c"]), Route(paths: [#"~/reg%65x/\d+"#]),
                Route(paths: [#"~/regex-meta/%5Cd\+%2E"#]), Route(paths: ["~/regex-reserved%2Fabc"]),
            ],
            [
                Ask("GET", "/plain/a.b.c", "e", finds: 1), Ask("GET", "/plain/a.bXc", "e", finds: nil),
                Ask("GET", "/plain/a.b%58c", "e", finds: 2), Ask("GET", "/plain/aab.c", "e", finds: nil),
                Ask("GET", "/regex/123", "e", finds: nil), Ask("GET", "/reg%65x/123", "e", finds: 3),
                Ask("GET", #"/regex/\d+"#, "e", finds: nil), Ask("GET", "/regex-meta/123a", "e", finds: nil),
                Ask("GET", "/regex-meta/%5Cd+%2E", "e", finds: 4), Ask("GET", "/regex-reserved/abc", "e", finds: nil),
                Ask("GET", "/regex-reserved%2Fabc", "e", finds: 5),
            ])
    }

    @Test("one attribute against another")
    func edgeCases() throws {
        // Of routes that match equally many kinds, the flavours but `traditional` look at their ids.
        try check(
            Array(Self.useCase.prefix(7)),
            [
                Ask("TRACE", "/", "domain-2.org", finds: 1), Ask("TRACE", "/my-route", "domain.org", finds: 3),
            ])
        try check(
            [Route(hosts: ["host1.com"], paths: ["/v1/path"]), Route(hosts: ["host2.com"], paths: ["/"])],
            [Ask("GET", "/v1/path", "host1.com", finds: 1), Ask("GET", "/v1/path", "host2.com", finds: 2)])
        try check(
            [Route(hosts: ["host.*"], methods: ["GET"]), Route(hosts: ["host.*"], methods: ["POST"])],
            [Ask("GET", "/", "host.com", finds: 1), Ask("POST", "/", "host.com", finds: 2)])
        try check(
            [Route(methods: ["GET"]), Route(paths: ["/example"])],
            [
                Ask("GET", "/example", "domain.org", finds: 2),
                Ask("GET", "/example/status/200", "domain.org", finds: 2),
            ])
        try check(
            [Route(methods: ["GET"]), Route(hosts: ["domain.*"])],
            [Ask("GET", "/", "nothing.com", finds: 1), Ask("GET", "/", "domain.com", finds: 2)])
        try check(
            [Route(paths: ["/"])] + Self.useCase,
            [
                Ask("GET", "/", "domain.org", finds: 1), Ask("GET", "/my-route/hello/world", "domain.org", finds: 4),
                Ask("GET", "/foobar/baz", "domain.org", finds: 1),
            ])
        let same = Route(hosts: ["domain.org"], paths: ["/my-uri"])
        try check(
            Array(repeating: same, count: 5) + [Route(hosts: ["domain.org"], paths: ["/my-target-uri"])],
            [
                Ask("GET", "/my-target-uri", "domain.org", finds: 6),
                Ask("GET", "/my-uri", "domain.org", in: [.traditional], finds: 1),
                Ask("GET", "/my-uri", "domain.org", in: [.compatible, .expressions], finds: 5),
            ])
    }

    @Test("regex_priority, also below zero, in every flavour")
    func regexPriority() throws {
        for flavor in Flavor.allCases where flavor != .expressions {
            let router = Router()
            for (number, priority) in [(1, 5), (2, 100), (3, 0)] {
                var definition = Route(paths: ["~/r/.*"]).definition(number)
                definition.regexPriority = Int64(priority)
                for part in flavor == .traditional ? definition.traditional : [definition.compatible] {
                    try router.add(part, as: number)
                }
            }
            let find = { (router: Router) in
                FakeRequest.with("/r/x") { request in
                    let query = RouteQuery(
                        path: request.path, host: UnsafeBufferPointer(start: nil, count: 0), port: 80,
                        method: MethodSet(name: "GET".utf8), methodName: request.method, sni: nil)
                    return router.match(query) { _ in nil }?.route
                }
            }
            #expect(find(router) == 2)
            router.remove(2)
            #expect(find(router) == 1)
        }
        var (low, zero) = (Route(paths: ["~/r"]).definition(1), Route(paths: ["~/r"]).definition(2))
        (low.regexPriority, zero.regexPriority) = (-3, 0)
        let weights = [low, zero].map {
            Priority.traditional($0.traditional[0], hosts: 0, hasPaths: true, regex: true, pathLength: 0)
        }
        #expect(weights[0] < weights[1])
    }

    @Test(
        "path_handling v1",
        arguments: [
            ("/", "/route", "/route", "/", "/route"), ("/", "/route", "/routereq", "/req", "/routereq"),
            ("/srv", "/rou", "/roureq", "/srvreq", "/srvroureq"), ("/srv/", "/rou", "/rou", "/srv/", "/srv/rou"),
            ("/service", "/", "/", "/service", "/service"),
            ("/service", "/", "/route", "/serviceroute", "/serviceroute"),
            ("/service", "/route", "/route/", "/service/", "/serviceroute/"),
            ("/service", "/route/", "/route/", "/service", "/serviceroute/"),
            ("/service", "/route/", "/route/req", "/servicereq", "/serviceroute/req"),
            ("/service/", "/route", "/route", "/service/", "/service/route"),
            ("/service/", "/route/", "/route/", "/service/", "/service/route/"),
        ])
    func handlingV1(base: String, path: String, request: String, stripped: String, kept: String) {
        func join(strip: Bool) -> String {
            Array(base.utf8).withUnsafeBufferPointer { base in
                Array(request.utf8).withUnsafeBufferPointer { request in
                    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { out in
                        let count = UpstreamPath.joinV1(
                            base: base, request: request, stripped: strip ? path.utf8.count : 0, strip: strip, into: out
                        )
                        return String(decoding: out[..<count], as: UTF8.self)
                    }
                }
            }
        }
        #expect(join(strip: true) == stripped)
        #expect(join(strip: false) == kept)
    }
}
