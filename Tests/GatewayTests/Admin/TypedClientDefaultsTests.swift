import KongCore
import KongTesting
import Testing

@Suite("The schemas give a typed client the defaults that it fills in")
struct TypedClientDefaultsTests {
    private func filled(_ gateway: Gateway, _ schema: String, _ fields: JSONObject) throws -> JSONObject {
        let all = ClientDefaults().fill(fields, try gateway.configure("GET", "/schemas/\(schema)"))
        return TypedClient.withoutEmpty(.object(all)).objectValue ?? [:]
    }

    private func config(_ gateway: Gateway, _ plugin: String, _ config: JSONObject) throws -> JSONObject {
        let schema = try gateway.configure("GET", "/schemas/plugins/\(plugin)")
        let field = try #require(ClientDefaults.fields(of: schema).first { $0.name == "config" }?.field)
        return ClientDefaults().fill(config, field)
    }

    @Test("routes, services, targets")
    func entities() throws {
        try Shared.scene { scene throws in
            let gateway = scene.gateway
            let route: JSONObject = ["name": "r1", "paths": ["/r1"]]
            let routeDefaults: JSONObject = [
                "https_redirect_status_code": 426, "path_handling": "v0", "preserve_host": false,
                "protocols": ["http", "https"], "regex_priority": 0, "request_buffering": true,
                "response_buffering": true, "strip_path": true,
            ]
            for given: JSONObject in [[:], ["protocols": ["grpc"]], ["strip_path": false, "preserve_host": true]] {
                let wanted = route.merging(given) { $1 }
                #expect(try filled(gateway, "routes", wanted) == routeDefaults.merging(wanted) { $1 })
            }
            let serviceDefaults: JSONObject = [
                "connect_timeout": 60000, "enabled": true, "port": 80, "protocol": "http", "read_timeout": 60000,
                "retries": 5, "write_timeout": 60000,
            ]
            for wanted: JSONObject in [
                ["name": "s", "host": "a.test"], ["name": "s", "host": "a.test", "port": 8080, "tags": ["tag1"]],
            ] { #expect(try filled(gateway, "services", wanted) == serviceDefaults.merging(wanted) { $1 }) }
            #expect(try filled(gateway, "targets", [:]) == ["weight": 100])
            #expect(try filled(gateway, "targets", ["weight": 0]) == ["weight": 0])
        }
    }

    @Test("upstreams, down to the statuses of their health checks")
    func upstreams() throws {
        let active: JSONValue = [
            "concurrency": 10, "http_path": "/", "https_verify_certificate": true, "timeout": 1, "type": "http",
            "healthy": ["http_statuses": [200, 302], "interval": 0, "successes": 0],
            "unhealthy": [
                "http_failures": 0, "http_statuses": [429, 404, 500, 501, 502, 503, 504, 505], "interval": 0,
                "tcp_failures": 0, "timeouts": 0,
            ],
        ]
        let passive: JSONValue = [
            "type": "http",
            "healthy": [
                "http_statuses": [
                    200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308,
                ], "successes": 0,
            ],
            "unhealthy": ["http_failures": 0, "http_statuses": [429, 500, 503], "tcp_failures": 0, "timeouts": 0],
        ]
        let defaults: JSONObject = [
            "algorithm": "round-robin", "hash_fallback": "none", "hash_on": "none", "hash_on_cookie_path": "/",
            "healthchecks": ["active": active, "passive": passive, "threshold": 0], "slots": 10000,
            "use_srv_name": false,
        ]
        try Shared.scene { scene throws in
            for wanted: JSONObject in [
                ["name": "u"], ["name": "u", "algorithm": "consistent-hashing", "hash_on": "ip"],
            ] { #expect(try filled(scene.gateway, "upstreams", wanted) == defaults.merging(wanted) { $1 }) }
        }
    }

    @Test("plugins: nested records, maps, protocols, and deprecated names with what took their place")
    func plugins() throws {
        try Shared.scene { scene throws in
            let gateway = scene.gateway
            #expect(
                try config(gateway, "basic-auth", ["hide_credentials": true])
                    == ["anonymous": nil, "hide_credentials": true, "realm": "service"])
            let none: JSONValue = ["body": [], "headers": [], "querystring": []]
            let add: JSONValue = ["body": [], "headers": ["a:b"], "querystring": []]
            #expect(
                try config(gateway, "request-transformer", ["add": ["headers": ["a:b"]]])
                    == [
                        "add": add, "append": none, "http_method": nil, "remove": none, "rename": none,
                        "replace": ["body": [], "headers": [], "querystring": [], "uri": nil],
                    ])
            let lua: JSONValue = ["foo": "bar"]
            #expect(try config(gateway, "http-log", ["custom_fields_by_lua": lua])["custom_fields_by_lua"] == lua)
            #expect(try config(gateway, "opentelemetry", [:])["propagation"]?["default_format"] == "w3c")

            let schema = try gateway.configure("GET", "/schemas/plugins/basic-auth")
            let protocols = ClientDefaults.fields(of: schema).first { $0.name == "protocols" }?.field["default"]
            #expect(protocols == ["grpc", "grpcs", "http", "https"])

            let limits = try gateway.configure("GET", "/schemas/plugins/rate-limiting")
            let field = try #require(ClientDefaults.fields(of: limits).first { $0.name == "config" }?.field)
            let both: JSONObject = ["redis": ["host": "localhost"], "redis_host": "localhost"]
            let current: JSONObject = ["redis": ["host": "localhost"]]
            #expect(ClientDefaults().withoutAliases(both, sent: current, field) == current)
            #expect(ClientDefaults().withoutAliases(both, sent: both, field) == both)
        }
    }

    @Test("every kind of entity has a schema")
    func schemas() throws {
        try Shared.scene { scene throws in
            for name in [
                "acls", "basicauth_credentials", "ca_certificates", "certificates", "consumers", "hmacauth_credentials",
                "jwt_secrets", "key_sets", "keyauth_credentials", "keys", "oauth2_credentials", "plugins", "routes",
                "services", "snis", "tags", "targets", "upstreams", "vaults",
            ] {
                let fields = try scene.gateway.configure("GET", "/schemas/\(name)")["fields"]?.arrayValue ?? []
                #expect(!fields.isEmpty, "\(name)")
            }
        }
    }
}
