import Foundation
import KongCore
import KongTesting
import Testing

@Suite("A database that Kong 3.9 made and filled", .serialized, .enabled(if: PostgresServer.isInstalled))
struct KongDatabaseTests {
    private func started(_ body: (PostgresScene, Gateway) throws -> Void) throws {
        try withPostgres(bootstrapped: false) { postgres throws in
            try postgres.server.load(Product.root + "/Tests/Fixtures/kong-3.9.sql", into: postgres.database)
            try postgres.query("UPDATE services SET port = \(postgres.upstream.port) WHERE name = 'shop'")
            try body(postgres, try postgres.started())
        }
    }

    private func all(_ gateway: Gateway, _ path: String) throws -> [JSONValue] {
        let answer = try gateway.configure("GET", path + "?size=1000")
        #expect(answer["next"] == .null)
        return try #require(answer["data"]?.arrayValue)
    }

    @Test("it is served: routes match, keys are asked for, a plugin without behaviour lets nothing pass")
    func proxy() throws {
        try started { postgres, gateway throws in
            #expect(try gateway.proxy("GET", "/open").status == 200)
            #expect(try gateway.proxy("GET", "/open/17").receivedTarget == "/open/17")
            #expect(try gateway.proxy("GET", "/with-key").status == 401)
            // ann is a shopper, bob is not: an older `acl` without its later fields still works.
            #expect(try gateway.proxy("GET", "/with-key", ["apikey": "ann-key"]).status == 200)
            #expect(try gateway.proxy("GET", "/with-key", ["apikey": "ann-expiring"]).status == 200)
            #expect(try gateway.proxy("GET", "/with-key", ["apikey": "bob-key"]).status == 403)
            #expect(try gateway.proxy("GET", "/with-key", ["apikey": "bob-expired"]).status == 401)
            let headers: KeyValuePairs = ["Host": "www.shop.example", "x-version": "2", "x-kind": "abc"]
            #expect(try gateway.proxy("GET", "/by-header", headers).status == 200)
            #expect(try gateway.proxy("GET", "/by-header", ["Host": "www.shop.example"]).status == 404)

            #expect(try gateway.proxy("GET", "/custom").status == 500)
            #expect(File.text(gateway.errorLog).contains("plugin company-auth"))
            let log = File.text(gateway.adminLog)
            #expect(log.contains("plugin 'company-auth' is configured (1x) and has no behaviour here"), "\(log)")
            let id = try postgres.query("SELECT id FROM plugins WHERE name = 'company-auth'")[0]
            #expect(try gateway.admin("DELETE", "/plugins/\(id)").status == 204)
            #expect(try gateway.proxy("GET", "/custom").status == 200)
        }
    }

    @Test("start says which plugins it cannot run")
    func warning() throws {
        try started { _, gateway throws in
            let done = try gateway.kong(["restart"])
            #expect(done.status == 0)
            #expect(done.errors.contains("plugin 'company-auth' is configured (1x)"), "\(done.errors)")
        }
    }

    @Test("the Admin API shows every entity as Kong would")
    func admin() throws {
        try started { _, gateway throws in
            let counts = [
                "/services": 3, "/routes": 7, "/consumers": 3, "/plugins": 8, "/upstreams": 2, "/certificates": 1,
                "/snis": 2, "/ca_certificates": 1, "/vaults": 1, "/keys": 2, "/key-sets": 1, "/key-auths": 3,
                "/basic-auths": 1, "/hmac-auths": 1, "/jwts": 2, "/acls": 2, "/oauth2": 1, "/oauth2_tokens": 1,
                "/upstreams/billing.upstream/targets": 3, "/consumers/ann/key-auth": 2, "/tags/team-a": 9,
            ]
            for (path, count) in counts { #expect(try all(gateway, path).count == count, "\(path)") }

            let route = try gateway.configure("GET", "/routes/by-header")
            #expect(route["headers"] == ["x-version": ["1", "2"], "x-kind": ["~*^a.*$"]])
            #expect(route["methods"] == .null && route["tags"] == .null)
            #expect(try gateway.configure("GET", "/routes/open")["tags"] == [])
            #expect(
                try gateway.configure("GET", "/routes/stream")["sources"]
                    == [["ip": "10.1.0.0/16", "port": 1234], ["ip": "127.0.0.1", "port": .null]])

            let service = try gateway.configure("GET", "/services/billing")
            #expect(service["tls_verify"] == true && service["tls_verify_depth"] == 2)
            #expect(service["ca_certificates"]?.arrayValue?.count == 1)
            #expect(service["client_certificate"]?["id"]?.stringValue != nil)

            let upstream = try gateway.configure("GET", "/upstreams/hashed.upstream")
            #expect(upstream["healthchecks"]?["threshold"] == 12.5)
            #expect(upstream["healthchecks"]?["active"]?["healthy"]?["interval"] == 0.5)
            #expect(upstream["healthchecks"]?["active"]?["headers"] == ["x-check": ["a", "b"]])

            let target = try all(gateway, "/upstreams/billing.upstream/targets").first { $0["weight"] == 100 }
            #expect(target?["created_at"] == 1_730_800_800.123)
            #expect(target?["tags"] == ["blue"])
            let certificate = try all(gateway, "/certificates").first
            #expect(certificate?["snis"] == ["*.shop.example", "shop.example"])

            let plugins = try all(gateway, "/plugins")
            func config(_ name: String) -> JSONValue? { plugins.first { $0["name"]?.stringValue == name }?["config"] }
            // Written with an object for an empty list, and without the fields of later releases.
            #expect(config("acl")?["deny"] == [])
            #expect(config("acl")?["always_use_authenticated_groups"] == false)
            #expect(config("cors")?["origins"] == [] && config("cors")?["private_network"] == false)
            #expect(config("http-log")?["timeout"] == 10000.5)
            #expect(config("http-log")?["headers"] == ["x-token": "{vault://secrets/log-token}"])
            #expect(config("http-log")?["custom_fields_by_lua"] == .object([:]))
            #expect(config("company-auth") == ["tenants": ["a", "b"], "strict": true, "weights": ["a": 0.5]])
            let key = try all(gateway, "/key-auths").first { $0["key"] == "ann-expiring" }
            #expect((key?["ttl"]?.intValue ?? 0) > 1_000_000_000)
        }
    }

    @Test("every entity can be changed and deleted; rows stay what Kong reads")
    func writes() throws {
        try started { postgres, gateway throws in
            let collections = [
                "services", "routes", "consumers", "upstreams", "certificates", "ca_certificates", "vaults", "keys",
                "key-sets", "key-auths", "acls",
            ]
            for path in collections {
                for entity in try all(gateway, "/" + path) {
                    let id = try #require(entity["id"]?.stringValue)
                    let answer = try gateway.admin("PATCH", "/\(path)/\(id)", ["tags": ["patched"]])
                    #expect(answer.status == 200, "\(path) \(id): \(answer)")
                }
            }
            for plugin in try all(gateway, "/plugins") where plugin["name"] != "company-auth" {
                let id = try #require(plugin["id"]?.stringValue)
                let answer = try gateway.admin("PATCH", "/plugins/\(id)", ["enabled": false, "tags": ["patched"]])
                #expect(answer.status == 200, "\(answer)")
            }
            #expect(try all(gateway, "/tags/patched").count > 25)
            let untagged = try postgres.query(
                "SELECT entity_name FROM tags WHERE NOT 'patched' = ANY (tags) AND entity_name IN ('routes', 'services')"
            )
            #expect(untagged.isEmpty)
            // Children first, as the foreign keys ask for.
            for path in [
                "plugins", "routes", "services", "upstreams", "consumers", "snis", "certificates", "ca_certificates",
                "vaults", "keys", "key-sets",
            ] {
                for entity in try all(gateway, "/" + path) {
                    let id = try #require(entity["id"]?.stringValue)
                    let answer = try gateway.admin("DELETE", "/\(path)/\(id)")
                    #expect(answer.status == 204, "\(path) \(id): \(answer)")
                }
            }
            for table in ["routes", "services", "targets", "plugins", "keyauth_credentials", "oauth2_tokens"] {
                #expect(try postgres.query("SELECT count(*) FROM \(table)") == ["0"], "\(table)")
            }
        }
    }
}
