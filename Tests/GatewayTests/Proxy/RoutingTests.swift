import KongCore
import KongTesting
import Testing

@Suite("Routing")
struct RoutingTests {
    @Test("nothing matches: 404 in Kong's words")
    func noRoute() throws {
        try Shared.scene { scene throws in
            let response = try scene.get("/anything")
            #expect(response.status == 404)
            #expect(response.json["message"] == "no Route matched with those values")
            #expect(response.json["request_id"]?.stringValue == response.header("X-Kong-Request-Id"))
        }
    }

    @Test("a route of layer 4 takes no HTTP request")
    func layerFour() throws {
        try Shared.scene { scene throws in
            try scene.route([
                "protocols": ["tcp"], "destinations": [["port": 9000]], "strip_path": false, "hosts": .null,
            ])
            #expect(try scene.get("/anything").status == 404)
        }
    }

    @Test("a prefix is stripped by default, kept when told")
    func stripping() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/strip"]])
            try scene.route(["paths": ["/keep"], "strip_path": false], named: "-keep")
            #expect(try scene.get("/strip").receivedTarget == "/")
            #expect(try scene.get("/strip/x?y=1").receivedTarget == "/x?y=1")
            #expect(try scene.get("/stripped").receivedTarget == "/ped")
            #expect(try scene.get("/keep/x").receivedTarget == "/keep/x")
            #expect(try scene.get("/other").status == 404)
        }
    }

    @Test("the longest of several prefixes wins")
    func longestPrefix() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/a"]], service: ["path": "/short"])
            try scene.route(["paths": ["/a/b/c"]], service: ["path": "/long"], named: "-long")
            try scene.route(["paths": ["/a/b"]], service: ["path": "/middle"], named: "-middle")
            #expect(try scene.get("/a/b/c/d").receivedTarget == "/long/d")
            #expect(try scene.get("/a/b/d").receivedTarget == "/middle/d")
            #expect(try scene.get("/a/x").receivedTarget == "/short/x")
        }
    }

    @Test("one route's paths of different lengths weigh apart")
    func pathsWeighApart() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/p", "/p/long/one"]], service: ["path": "/first"])
            try scene.route(["paths": ["/p/long"]], service: ["path": "/second"], named: "-second")
            #expect(try scene.get("/p/lon").receivedTarget == "/first/lon")
            #expect(try scene.get("/p/long/x").receivedTarget == "/second/x")
            #expect(try scene.get("/p/long/one/x").receivedTarget == "/first/x")
        }
    }

    @Test("hosts: exact beats wildcard, wildcards on either side, ports ignored, case kept")
    func hosts() throws {
        try Shared.scene { scene throws in
            let id = scene.id
            let route = { (host: JSONValue, path: JSONValue, name: String) in
                _ = try scene.route(["hosts": [host]], service: ["path": path], named: name)
            }
            try route(.string("api.\(id).test"), "/exact", "-exact")
            try route(.string("*.\(id).test"), "/left", "-left")
            try route(.string("api.\(id).*"), "/right", "-right")
            let target = { (host: String) in try scene.get("/", host: host).receivedTarget }
            #expect(try target("api.\(id).test") == "/exact")
            #expect(try target("api.\(id).test:1234") == "/exact")
            #expect(try target("www.\(id).test") == "/left")
            #expect(try target("a.b.\(id).test") == "/left")
            #expect(try target("api.\(id).org") == "/right")
            #expect(try scene.get("/", host: "\(id).test").status == 404)
            #expect(try scene.get("/", host: "API.\(id.uppercased()).TEST").status == 404)
        }
    }

    @Test("methods: only those listed, custom ones too")
    func methods() throws {
        try Shared.scene { scene throws in
            try scene.route(["methods": ["GET", "PURGE"]])
            #expect(try scene.get(method: "GET").status == 200)
            #expect(try scene.get(method: "PURGE").json["method"] == "PURGE")
            #expect(try scene.get(method: "POST", body: "x").status == 404)
            #expect(try scene.get(method: "HEAD").status == 404)
        }
    }

    @Test("a route that names more kinds of things beats one that names fewer")
    func moreCategoriesWin() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/a/long/prefix"]], service: ["path": "/path-and-host"])
            try scene.route(["paths": ["/a"], "methods": ["POST"]], service: ["path": "/method-too"], named: "-method")
            #expect(
                try scene.get("/a/long/prefix", method: "POST", body: "").receivedTarget == "/method-too/long/prefix")
            #expect(try scene.get("/a/long/prefix").receivedTarget == "/path-and-host")
        }
    }

    @Test("equal routes: the greater id wins, whatever the order of creation")
    func ties() throws {
        try Shared.scene { scene throws in
            let (low, high) = ("00000000-0000-4000-8000-000000000001", "ffffffff-0000-4000-8000-000000000001")
            for (name, id) in [("-high", high), ("-low", low)] {
                try scene.gateway.create(
                    "/services", ["name": .string(scene.id + name), "url": .string(scene.upstream.url + "/" + name)])
                try scene.gateway.configure(
                    "PUT", "/routes/\(id)",
                    [
                        "service": ["id": scene.gateway.configure("GET", "/services/\(scene.id)\(name)")["id"] ?? nil],
                        "hosts": [.string(scene.host)],
                    ])
            }
            #expect(try scene.get("/").receivedTarget == "/-high")
            try scene.gateway.configure("DELETE", "/routes/\(high)")
            #expect(try scene.get("/").receivedTarget == "/-low")
            try scene.gateway.configure("DELETE", "/routes/\(low)")
            #expect(try scene.get("/").status == 404)
        }
    }

    @Test("preserve_host: the client's Host verbatim, else the service's")
    func preserveHost() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/keep"], "preserve_host": true])
            try scene.route(["paths": ["/set"]], named: "-set")
            #expect(try scene.get("/keep", host: scene.host + ":99").received("host") == [scene.host + ":99"])
            #expect(try scene.get("/set").received("host") == ["127.0.0.1:\(scene.upstream.port)"])
        }
    }

    @Test("a route without a service: 503")
    func noService() throws {
        try Shared.scene { scene throws in
            try scene.gateway.create("/routes", ["hosts": [.string(scene.host)]])
            let response = try scene.get("/")
            #expect(response.status == 503)
            #expect(response.json["message"] == "no Service found with those values")
        }
    }

    @Test("a disabled service's routes do not match")
    func disabledService() throws {
        try Shared.scene { scene throws in
            try scene.route()
            #expect(try scene.get().status == 200)
            try scene.gateway.configure("PATCH", "/services/\(scene.id)", ["enabled": false])
            #expect(try scene.get().json["message"] == "no Route matched with those values")
        }
    }

    @Test("a route for https alone: 426 over http, or the redirect that it asks for")
    func httpsOnly() throws {
        try Shared.scene { scene throws in
            try scene.route(["protocols": ["https"]])
            let refused = try scene.get("/x?y=1")
            #expect(refused.status == 426)
            #expect(refused.json["message"] == "Please use HTTPS protocol")
            #expect(refused.header("Upgrade") == "TLS/1.2, HTTP/1.1")
            try scene.gateway.configure("PATCH", "/routes/\(scene.id)", ["https_redirect_status_code": 308])
            let redirect = try scene.get("/x?y=1")
            #expect(redirect.status == 308)
            #expect(redirect.header("Location") == "https://\(scene.host)/x?y=1")
        }
    }

    @Test("the path is normalised before it is matched and sent; the query is not touched")
    func normalisation() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/e"], "strip_path": false])
            let target = { try scene.get($0).receivedTarget }
            #expect(try target("/e/%7Efoo//bar/%2e%2e/z") == "/e/~foo/z")
            #expect(try target("/e/%2f") == "/e/%2F")
            #expect(try target("/x/../e/y") == "/e/y")
            #expect(try target("/e?a=%7E&b=//..") == "/e?a=%7E&b=//..")
            #expect(try target("/e?") == "/e?")
        }
    }

    @Test(
        "service path and stripped prefix join as Kong joins them",
        arguments: [
            ("/", "/route", "/route", "/"), ("/", "/route", "/route/", "/"), ("/", "/route", "/routereq", "/req"),
            ("/srv", "/rou", "/roureq", "/srv/req"), ("/srv/", "/rou", "/rou", "/srv"),
            ("/service", "/", "/", "/service"), ("/service", "/", "/route", "/service/route"),
            ("/service", "/route", "/route/", "/service/"), ("/service", "/route/", "/route/", "/service/"),
            ("/service", "/route/", "/route/req", "/service/req"), ("/service/", "/route", "/route", "/service"),
            ("/service/", "/route/", "/route/", "/service/"), ("/service", "/route", "/route./req", "/service/req"),
        ])
    func upstreamPath(service: String, route: String, request: String, expected: String) throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": [.string(route)]], service: ["path": .string(service)])
            #expect(try scene.get(request).receivedTarget == expected)
        }
    }

    @Test("a regex path matches from the start, strips what it matched, and beats a longer prefix")
    func regexPath() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["~/rx/\\d+"]])
            try scene.route(["paths": ["/rx/12/long"]], service: ["path": "/prefix"], named: "-prefix")
            #expect(try scene.get("/rx/12/long/y").receivedTarget == "/long/y")
            #expect(try scene.get("/a/rx/12").status == 404)
            #expect(try scene.get("/rx/12/y").received("x-forwarded-prefix") == ["/rx/12"])
        }
    }
}
