import Testing

@testable import KongCore

@Suite("Routes: what classic fields amount to")
struct RouteRulesTests {
    private func violations(_ flavor: String, _ route: JSONObject) -> Violations? {
        var context = SchemaContext.fixture
        context.routerFlavor = flavor
        do throws(Violations) {
            _ = try EntitySchema.routes.insert(route.merging(["protocols": ["http"]]) { given, _ in given }, context)
            return nil
        } catch {
            return error
        }
    }

    @Test("a pattern that a linear engine lacks is found when the route is compiled; PCRE alone is not asked")
    func lookAround() {
        let route: JSONObject = ["paths": ["~/a(?=b)"]]
        let message = """
            Router Expression failed validation:  --> 1:14
              |
            1 | (http.path ~ r#"^/a(?=b)"#)
              |              ^-----------^
              |
              = regex parse error:
                ^/a(?=b)
                   ^^^
            error: look-around, including look-ahead and look-behind, is not supported
            """
        #expect(violations("traditional_compatible", route)?.entity == [message])
        #expect(violations("expressions", route)?.entity == [message])
        let plain = violations("traditional", route)
        #expect(plain?.entity == [])
        #expect(plain?.fields["paths"] != nil)
    }

    @Test("a pattern that nobody knows is refused at its field")
    func broken() {
        for flavor in ["traditional", "traditional_compatible", "expressions"] {
            let found = violations(flavor, ["paths": ["~/[abc"]])
            #expect(found?.fields["paths"] != nil)
            #expect(found?.entity == [])
        }
    }

    @Test("patterns of headers")
    func headers() {
        let route: JSONObject = ["headers": ["x-kind": ["~*(a"]]]
        #expect(violations("traditional_compatible", route)?.entity.first?.contains("unclosed group") == true)
        #expect(violations("traditional_compatible", ["headers": ["x-kind": ["~*a|b", "c"]]]) == nil)
    }

    @Test("addresses of http routes, in the flavour that has them")
    func addresses() {
        let sources: JSONObject = [
            "sources": [["ip": "10.1.2.3/8"], ["ip": "fd00::1/8", "port": 80]], "paths": ["/"],
        ]
        #expect(violations("expressions", sources) == nil)
        #expect(violations("traditional_compatible", sources)?.fields["sources"] != nil)
        #expect(
            ExpressionRoute(sources).text
                == "(net.src.ip in 10.0.0.0/8 || (net.src.ip in fd00:0:0:0:0:0:0:0/8 && net.src.port == 80)) && "
                + "(http.path ^= r#\"/\"#)")
    }

    @Test("texts as Kong writes them")
    func texts() {
        func text(_ route: JSONObject) -> String { ExpressionRoute(route).text }
        #expect(
            text(["methods": ["GET"], "paths": ["/foo"]]) == ##"(http.method == r#"GET"#) && (http.path ^= r#"/foo"#)"##
        )
        #expect(
            text(["methods": ["GET"], "paths": [##"~/"#/*$"##]])
                == ##"(http.method == r#"GET"#) && (http.path ~ "^/\"#/*$")"##)
        #expect(
            text(["methods": ["GET"], "headers": ["test": ["~*Quote"]]])
                == ##"(http.method == r#"GET"#) && (any(lower(http.headers.test)) ~ r#"quote"#)"##)
        #expect(
            text(["hosts": ["www.example.com:8000", "*.a.test", "b.*"]])
                == ##"((http.host == r#"www.example.com"# && net.dst.port == 8000) || "##
                + ##"http.host =^ r#".a.test"# || http.host ^= r#"b."#)"##)
        #expect(
            text(["snis": ["*.a.test", "b.test.", "c.*"], "protocols": ["https"]])
                == ##"(net.protocol != r#"https"# || (tls.sni =^ r#".a.test"# || "##
                + ##"tls.sni == r#"b.test"# || tls.sni ^= r#"c."#))"##)
        #expect(
            text(["expression": "net.port == 80 && net.port  != 81 && http.path == \"net.port\""])
                == "net.dst.port == 80 && net.dst.port  != 81 && http.path == \"net.port\"")
    }
}
