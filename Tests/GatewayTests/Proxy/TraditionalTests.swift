import KongCore
import KongTesting
import Testing

@Suite("Routing in the traditional flavour")
struct TraditionalTests {
    @Test("path_handling v1 has its effect, here only")
    func pathHandling() throws {
        for (flavor, target) in [("traditional", "/serviceroute/x"), ("traditional_compatible", "/service/route/x")] {
            try withGateway(settings: ["router_flavor": flavor]) { gateway, upstream in
                let scene = gateway.scene(upstream)
                try scene.route(
                    ["paths": ["/route"], "strip_path": false, "path_handling": "v1"], service: ["path": "/service"])
                try scene.route(
                    ["paths": ["/gone"], "path_handling": "v1"], service: ["path": "/service"], named: "-strip")
                #expect(try scene.get("/route/x").receivedTarget == target)
                #expect(
                    try scene.get("/gonex").receivedTarget == (flavor == "traditional" ? "/servicex" : "/service/x"))
            }
        }
    }

    @Test("hosts weigh more than paths; a port that is not named is the scheme's; underscores stand for dashes")
    func weights() throws {
        try withGateway(settings: ["router_flavor": "traditional"]) { gateway, upstream in
            let scene = gateway.scene(upstream)
            let add = { (name: String, fields: JSONObject) in
                let hosts = fields["hosts"] ?? .null
                _ = try scene.route(
                    fields.merging(["hosts": hosts]) { $1 }, service: ["path": .string("/" + name)], named: "-" + name)
            }
            try add("path", ["paths": ["/a/long/path"]])
            try add("host", ["hosts": ["h.test"]])
            try add("port", ["hosts": ["*.p.test:80"]])
            try add("any", ["hosts": ["*.p.test"]])
            try add("header", ["headers": ["x_kind": ["a"]], "paths": ["/u"]])
            #expect(try scene.get("/a/long/path", host: "h.test").receivedTarget == "/host/a/long/path")
            #expect(try scene.get("/a/long/path", host: "x.test").receivedTarget == "/path")
            #expect(try scene.get("/", host: "a.p.test").receivedTarget == "/port")
            #expect(try scene.get("/", host: "a.p.test:81").receivedTarget == "/any")
            #expect(try scene.get("/u", [HeaderLine("X-Kind", "A")], host: "u.test").receivedTarget == "/header")
        }
    }
}
