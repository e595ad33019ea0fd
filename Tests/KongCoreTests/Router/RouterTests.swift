import Testing

@testable import KongCore

/// A route in a few words, for tests.
private func route(
    _ number: UInt64, hosts: [String] = [], paths: [String] = [], methods: [String] = [],
    headers: [(String, [String])] = [], snis: [String] = []
) -> RouteDefinition {
    var route = RouteDefinition(id: UUIDBytes(high: 0, low: number))
    route.hosts = hosts.map { Array($0.utf8) }
    route.paths = paths.map { Array($0.utf8) }
    route.methods = methods.map { Array($0.utf8) }
    route.headers = headers.map { .init(name: Array($0.0.utf8), values: $0.1.map { Array($0.utf8) }) }
    route.snis = snis.map { Array($0.utf8) }
    return route
}

extension Router {
    fileprivate func find(
        _ path: String, host: String = "", port: UInt16 = 80, method: String = "GET", headers: [String: String] = [:],
        sni: String? = nil
    ) -> Int? {
        let path = Array(path.utf8)
        let host = Array(host.utf8)
        let method = Array(method.utf8)
        let sni = sni.map { Array($0.utf8) }
        return path.withUnsafeBufferPointer { path in
            host.withUnsafeBufferPointer { host in
                method.withUnsafeBufferPointer { name in
                    (sni ?? []).withUnsafeBufferPointer { sniBytes in
                        match(
                            RouteQuery(
                                path: path, host: host, port: port, method: MethodSet(name: method), methodName: name,
                                sni: sni == nil ? nil : sniBytes)
                        ) { name in headers[String(decoding: name, as: UTF8.self)].map { [Array($0.utf8)] } }
                    }
                }
            }
        }?.route
    }
}

@Suite("Router")
struct RouterTests {
    @Test("the longest prefix wins")
    func longestPrefix() throws {
        let router = Router()
        try router.add(route(1, paths: ["/"]), as: 1)
        try router.add(route(2, paths: ["/a"]), as: 2)
        try router.add(route(3, paths: ["/a/b"]), as: 3)
        #expect(router.find("/") == 1)
        #expect(router.find("/ab") == 2)
        #expect(router.find("/a/b/c") == 3)
        #expect(router.find("/x") == 1)
    }

    @Test("more matched categories beat a longer path")
    func categories() throws {
        let router = Router()
        try router.add(route(1, paths: ["/a/long/path"]), as: 1)
        try router.add(route(2, hosts: ["h.test"], paths: ["/a"]), as: 2)
        try router.add(route(3, paths: ["/a"], methods: ["POST"]), as: 3)
        #expect(router.find("/a/long/path") == 1)
        #expect(router.find("/a/long/path", host: "h.test") == 2)
        #expect(router.find("/a/long/path", method: "POST") == 3)
    }

    @Test("hosts: exact before wildcard, port when named, case as received")
    func hosts() throws {
        let router = Router()
        try router.add(route(1, hosts: ["*.x.test"]), as: 1)
        try router.add(route(2, hosts: ["a.x.test"]), as: 2)
        try router.add(route(3, hosts: ["x.*"]), as: 3)
        try router.add(route(4, hosts: ["p.test:81"]), as: 4)
        #expect(router.find("/", host: "a.x.test") == 2)
        #expect(router.find("/", host: "b.c.x.test") == 1)
        #expect(router.find("/", host: "x.org") == 3)
        #expect(router.find("/", host: "A.x.test") == 1)
        #expect(router.find("/", host: "p.test", port: 81) == 4)
        #expect(router.find("/", host: "p.test", port: 80) == nil)
        #expect(router.find("/", host: "x.test") == 3)
    }

    @Test("a regex beats a plain path, anchored at its start only")
    func regex() throws {
        let router = Router()
        try router.add(route(1, paths: ["/users/all"]), as: 1)
        try router.add(route(2, paths: ["~/users/(?<id>\\d+)"]), as: 2)
        #expect(router.find("/users/12/x") == 2)
        #expect(router.find("/users/all") == 1)
        #expect(router.find("/v1/users/12") == nil)
        #expect(throws: Router.Rejection.self) { try router.add(route(3, paths: ["~/("]), as: 3) }
        #expect(router.find("/users/12") == 2)
    }

    @Test("headers and snis restrict")
    func conditions() throws {
        let router = Router()
        try router.add(route(1, paths: ["/"]), as: 1)
        try router.add(route(2, paths: ["/"], headers: [("version", ["V1", "~*^v[23]"])]), as: 2)
        try router.add(route(3, paths: ["/s"], snis: ["*.s.test"]), as: 3)
        #expect(router.find("/", headers: ["version": "v1"]) == 2)
        #expect(router.find("/", headers: ["version": "v3"]) == 2)
        #expect(router.find("/", headers: ["version": "v4"]) == 1)
        #expect(router.find("/s", sni: "a.s.test") == 3)
        #expect(router.find("/s", sni: "b.test") == 1)
    }

    @Test("equal priority: the greater UUID wins")
    func ties() throws {
        let router = Router()
        try router.add(route(2, paths: ["/a"]), as: 20)
        try router.add(route(1, paths: ["/a"]), as: 10)
        #expect(router.find("/a") == 20)
    }

    @Test("years of changes leave no labels behind")
    func labels() throws {
        var trie = PathTrie()
        let root = trie.addRoot()
        for round in 0..<20_000 {
            let node = trie.insert(root, Array("/a/long/enough/path/number-\(round)".utf8)[...])
            trie.setList(node, 1)
            trie.setList(node, -1)
            trie.prune(node)
        }
        #expect(trie.bytes.count < 256 << 10)
        #expect(trie.nodes.count < 16)
    }

    @Test("labels of any length, split anywhere, lead to the longest of many prefixes")
    func manyPrefixes() throws {
        let router = Router()
        var random: UInt64 = 3
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(truncatingIfNeeded: random >> 33) % bound
        }
        let word = Array("abcdefghijklmnopqrstuvwxyz".utf8)
        var paths: [String] = []
        for _ in 0..<500 {
            // Long common beginnings that part late.
            let path = "/" + String(decoding: word.prefix(next(24)), as: UTF8.self) + String(next(30))
            if !paths.contains(path) { paths.append(path) }
        }
        for (number, path) in paths.enumerated() { try router.add(route(UInt64(number), paths: [path]), as: number) }
        for path in paths {
            for request in [path, path + "/x", path + "0", String(path.dropLast())] {
                let best = paths.filter { request.hasPrefix($0) }.max { $0.utf8.count < $1.utf8.count }
                #expect(router.find(request) == best.flatMap { paths.firstIndex(of: $0) }, "\(request)")
            }
        }
    }

    @Test("hosts with a wildcard on either side, beside plain ones, until they are removed")
    func wildcards() throws {
        let router = Router()
        try router.add(route(1, hosts: ["*.example.com"]), as: 1)
        try router.add(route(2, hosts: ["www.example.*"]), as: 2)
        try router.add(route(3, hosts: ["www.example.com"]), as: 3)
        #expect(router.find("/", host: "www.example.com") == 3)
        #expect(router.find("/", host: "a.b.example.com") == 1)
        #expect(router.find("/", host: "www.example.org") == 2)
        #expect(router.find("/", host: "example.com") == nil)
        router.remove(3)
        #expect(router.find("/", host: "www.example.com") == 2)
        router.remove(1)
        router.remove(2)
        #expect(router.find("/", host: "www.example.com") == nil)
        #expect(router.isEmpty)
    }

    @Test("what is removed is gone, what stays is found, whatever the order")
    func churn() throws {
        let router = Router()
        var model: [Int: String] = [:]
        var random: UInt64 = 42
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(truncatingIfNeeded: random >> 33) % bound
        }
        for _ in 0..<20_000 {
            let number = next(400)
            if model[number] != nil {
                router.remove(number)
                model[number] = nil
            } else {
                let path = "/" + String(number, radix: 3) + "/" + String(repeating: "x", count: number % 7)
                try router.add(
                    route(UInt64(number), hosts: number % 3 == 0 ? ["h\(number % 5).test"] : [], paths: [path]),
                    as: number)
                model[number] = path
            }
        }
        for number in 0..<400 {
            let path = "/" + String(number, radix: 3) + "/" + String(repeating: "x", count: number % 7)
            let found = router.find(path, host: number % 3 == 0 ? "h\(number % 5).test" : "")
            if model[number] != nil { #expect(found == number) } else { #expect(found != number) }
        }
        for number in Array(model.keys) { router.remove(number) }
        #expect(router.isEmpty)
        #expect(router.find("/") == nil)
    }
}

@Suite("Paths")
struct PathTests {
    @Test(
        "normal form",
        arguments: [
            ("/e/%7Efoo//bar/%2e%2e/z", "/e/~foo/z"), ("/a/./b/../c", "/a/c"), ("/..", "/"), ("/a%2fb", "/a%2Fb"),
            ("", "/"), ("/a/b/", "/a/b/"), ("/a/b/.", "/a/b/"), ("/a/..", "/"), ("/%zz", "/%zz"), ("//", "/"),
            ("/a%", "/a%"), ("/a%2", "/a%2"),
            ("/a%20b", "/a b"), ("/a%2%20", "/a%2 "), ("/%7b%5C%22", "/{\\\""), ("/%25%3f%0a", "/%25%3F\n"),
        ])
    func normal(_ raw: String, _ expected: String) {
        #expect(String(decoding: PathNormalization.normalize(Array(raw.utf8)), as: UTF8.self) == expected)
    }

    @Test("what is found plain is in normal form, at every place of every word")
    func plain() {
        for count in 1...26 {
            for position in 1..<max(2, count) where position < count {
                for piece in ["%", "%2", "//", "/.", "/..", "./", "/a", "%41", ".."] {
                    var path = Array(("/" + String(repeating: "a", count: count - 1)).utf8)
                    path.replaceSubrange(position..<position, with: piece.utf8)
                    let isPlain = path.withUnsafeBufferPointer { PathNormalization.isPlain($0) }
                    let text = String(decoding: path, as: UTF8.self)
                    #expect(isPlain == !(text.contains("%") || text.contains("//") || text.contains("/.")), "\(text)")
                    if isPlain { #expect(PathNormalization.normalize(path) == path) }
                }
            }
        }
    }

    // Rows of spec/fixtures/router_path_handling_tests as the reference lists them.
    @Test(
        "upstream path, v0",
        arguments: [
            ("/", "/route", "/route", true, "/"), ("/", "/route", "/route/", true, "/"),
            ("/", "/route", "/routereq", true, "/req"), ("/srv", "/rou", "/roureq", true, "/srv/req"),
            ("/srv/", "/rou", "/rou", true, "/srv"), ("/service", "/", "/", true, "/service"),
            ("/service", "/", "/route", true, "/service/route"), ("/service", "/route", "/route/", true, "/service/"),
            ("/service", "/route/", "/route/", true, "/service/"),
            ("/service", "/route/", "/route/req", true, "/service/req"),
            ("/service/", "/route", "/route", true, "/service"), ("/service/", "/route/", "/route/", true, "/service/"),
            ("/service", "/route", "/route./req", true, "/service/req"),
            ("/", "/route", "/route", false, "/route"), ("/srv", "/rou", "/roureq", false, "/srv/roureq"),
            ("/service", "/", "/", false, "/service"), ("/service/", "/route", "/route", false, "/service/route"),
        ])
    func upstream(_ base: String, _ matched: String, _ request: String, _ strip: Bool, _ expected: String) {
        var out = [UInt8](repeating: 0, count: 256)
        let base = Array(base.utf8)
        let path = Array(request.utf8)
        let count = base.withUnsafeBufferPointer { base in
            path.withUnsafeBufferPointer { path in
                out.withUnsafeMutableBufferPointer { out in
                    UpstreamPath.join(base: base, request: path, stripped: matched.utf8.count, strip: strip, into: out)
                }
            }
        }
        #expect(String(decoding: out[..<count], as: UTF8.self) == expected)
    }
}
