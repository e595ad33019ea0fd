import Foundation
import KongCore
import KongTesting
import Testing

@Suite("What a client with typed structures relies on beyond single entities")
struct TypedClientRuleTests {
    @Test("parents are named by id, by name or whole; plugins are written and listed under theirs")
    func parents() throws {
        try withGateway(workers: 1) { gateway, _ throws in
            let client = TypedClient(gateway: gateway)
            let service = try client.create("/services", ["name": "foo", "host": "upstream", "port": 42])
            let id: JSONValue = ["id": service["id"] ?? .null]
            for reference in [id, ["name": "foo"], .object(service)] {
                let route = try client.create("/routes", ["hosts": ["a.test"], "service": reference])
                #expect(route["service"] == id)
                #expect(try client.get("/routes/\(route["id"]?.stringValue ?? "")", "service") == service)
                try client.delete("/routes", route["id"]?.stringValue ?? "")
            }
            let named = try client.refused("POST", "/routes", ["hosts": ["a.test"], "service": ["id": "foo"]])
            #expect(named.status == 400, "a name is no id")

            let route = try client.create("/routes", ["name": "bar", "paths": ["/bar"], "service": .object(service)])
            let consumer = try client.create("/consumers", ["username": "ann"])
            #expect(try client.all("/services/foo/routes").map { $0["id"] } == [route["id"]])
            for (parent, field, owner) in [
                ("/services/foo", "service", service), ("/routes/bar", "route", route),
            ] {
                let path = parent + "/plugins"
                let own = UUID().uuidString.lowercased()
                let plugin = try client.create(
                    path, ["id": .string(own), "name": "key-auth", "config": ["anonymous": "true"]])
                #expect(plugin["id"]?.stringValue == own)
                #expect(plugin[field] == ["id": owner["id"] ?? .null])
                let config = plugin["config"]?.objectValue ?? [:]
                let changed = try client.update(
                    path, plugin, ["config": .object(config.merging(["anonymous": "false"]) { $1 })])
                #expect(changed["config"] == .object(config.merging(["anonymous": "false"]) { $1 }))
                try client.delete(path, own)
            }
            for plugin: JSONObject in [
                ["name": "key-auth"], ["name": "basic-auth"],
                ["name": "key-auth", "route": .object(route)], ["name": "jwt", "route": .object(route)],
                ["name": "key-auth", "service": .object(service)], ["name": "jwt", "service": .object(service)],
                ["name": "request-termination", "consumer": .object(consumer)],
            ] { _ = try client.create("/plugins", plugin) }
            #expect(try client.all("/plugins").count == 7)
            for (parent, count) in [("/services/foo", 2), ("/routes/bar", 2), ("/consumers/ann", 1)] {
                #expect(try client.all(parent + "/plugins").count == count, "\(parent)")
            }
            // Deleted with what they belong to.
            try client.delete("/consumers", "ann")
            #expect(try client.all("/plugins").count == 6)
        }
    }

    @Test("names move to other ids; a name may be another's custom id; targets and keys keep one form")
    func identities() throws {
        try withGateway(workers: 1) { gateway, _ throws in
            let client = TypedClient(gateway: gateway)
            for number in [1, 2] {
                let id = JSONValue.string(SyncConfiguration.id(number))
                let service = try client.create("/services", ["id": id, "name": "s1", "host": "mockbin.test"])
                let route = try client.create(
                    "/routes", ["id": id, "name": "r1", "paths": ["/r1"], "service": .object(service)])
                #expect(service["id"] == id && route["id"] == id)
                let nameless = try client.create("/routes", ["paths": ["/r2"], "service": ["id": id]])
                try client.delete("/routes", nameless["id"]?.stringValue ?? "")
                try client.delete("/routes", "r1")
                try client.delete("/services", "s1")
            }
            for (username, custom) in [("Foo", "foo"), ("foo", "bar")] as [(JSONValue, JSONValue)] {
                _ = try client.create("/consumers", ["username": username, "custom_id": custom])
            }
            #expect(try client.get("/consumers", "foo")["custom_id"] == "bar")

            _ = try client.create("/upstreams", ["name": "v6.test"])
            let path = "/upstreams/v6.test/targets"
            let target = try client.create(path, ["target": "::1"])
            #expect(target["target"] == "[0000:0000:0000:0000:0000:0000:0000:0001]:8000")
            #expect(try client.create(path, target)["target"] == target["target"])
            #expect(try client.all(path).count == 1)

            let file = gateway.folder + "/typed.pem"
            func openssl(_ arguments: String...) throws {
                let done = try Command.run(
                    ["openssl"] + arguments, environment: ProcessInfo.processInfo.environment,
                    directory: gateway.folder, timeout: 30)
                guard done.status == 0 else { throw HarnessError(done.text) }
            }
            try openssl("genrsa", "-traditional", "-out", file, "2048")
            try openssl("rsa", "-in", file, "-pubout", "-out", file + ".pub")
            let set = try client.create("/key-sets", ["name": "bar"])
            let pem: JSONValue = [
                "private_key": .string(File.text(file)), "public_key": .string(File.text(file + ".pub")),
            ]
            let key = try client.create("/keys", ["name": "k", "kid": "k", "pem": pem, "set": ["name": "bar"]])
            #expect(key["pem"] == pem)
            #expect(key["set"] == ["id": set["id"] ?? .null])
        }
    }

    @Test("what is not given is made; a lifetime has begun when it is answered")
    func generated() throws {
        try withGateway(workers: 1) { gateway, _ throws in
            let client = TypedClient(gateway: gateway)
            _ = try client.create("/consumers", ["username": "ann", "custom_id": "own"])
            for (path, fields, made) in [
                ("key-auth", [:], "key"), ("jwt", ["rsa_public_key": "bar"], "secret"),
                ("hmac-auth", ["username": "foo"], "secret"),
                ("oauth2", ["name": "foo", "redirect_uris": ["http://foo.test"]], "client_secret"),
            ] as [(String, JSONObject, String)] {
                let credential = try client.create("/consumers/ann/\(path)", fields)
                #expect(credential[made]?.stringValue?.isEmpty == false, "\(path)")
                #expect(try client.refused("POST", "/consumers/nobody/\(path)", [:]).status == 404)
                #expect(try client.refused("POST", "/consumers/ann/\(path)", .null).status == 400)
            }
            let key = try client.create("/consumers/ann/key-auth", ["key": "short", "ttl": 10])
            #expect(0..<10 ~= key["ttl"]?.intValue ?? -1)
            #expect(try client.page("/consumers?custom_id=own").data.map { $0["username"] } == ["ann"])
            #expect(try client.page("/consumers?custom_id=none").data.isEmpty)
        }
    }

    @Test("a target that is there is put and patched; health is listed with its numbers whole")
    func targets() throws {
        try withGateway(workers: 1) { gateway, _ throws in
            let client = TypedClient(gateway: gateway)
            let passive: JSONObject = ["name": "v.test", "healthchecks": ["passive": ["unhealthy": ["interval": 5]]]]
            #expect(try client.refused("POST", "/upstreams", .object(passive)).status == 400)
            let headers: JSONValue = ["foo": ["bar"]]
            let upstream = try client.create(
                "/upstreams",
                ["name": "v.test", "healthchecks": ["active": ["headers": headers, "unhealthy": ["interval": 5]]]])
            #expect(upstream["healthchecks"]?["active"]?["headers"] == headers)
            let path = "/upstreams/v.test/targets"
            let id = "0fa49cd2-ee93-492a-bedf-b80778d539ae"
            try gateway.create(path, ["id": .string(id), "target": "127.0.0.1:81"])
            let put = try client.create(path, ["id": .string(id), "target": "127.0.0.1:82", "weight": 2])
            #expect(put["target"] == "127.0.0.1:82" && put["weight"] == 2)
            #expect(try client.update(path, put, ["weight": 10000])["weight"] == 10000)
            try eventually("the health of the target is listed") {
                let health = try client.all("/upstreams/v.test/health")
                return health.count == 1 && health.first?["data"]?["addresses"]?.arrayValue != nil
                    && health.first?["data"]?["weight"]?["total"]?.intValue != nil
            }
        }
    }

    @Test("validation says what is wrong in its message; refusals have their status and a message")
    func validation() throws {
        try Shared.scene { scene throws in
            let client = TypedClient(gateway: scene.gateway)
            func message(_ schema: String, _ body: JSONValue) throws -> String? {
                let answer = try scene.gateway.admin("POST", "/schemas/\(schema)/validate", body)
                #expect(answer.status == 200 || answer.status == 400)
                return answer.status == 200 ? nil : answer.json["message"]?.stringValue
            }
            #expect(try message("plugins", ["name": "key-auth", "config": ["anonymous": "true"]]) == nil)
            #expect(
                try message("plugins", ["name": "key-auth", "config": ["garbage": true]])
                    == "schema violation (config.garbage: unknown field)")
            #expect(try message("services", ["name": "test.service", "host": "foo.com"]) == nil)
            #expect(try message("services", ["host": "foo.com", "protocol": "not-exist-protocol"]) != nil)
            let (good, bad): (JSONValue, JSONValue) = ("~/payment/(docs|health)$", "~/payment/(docs|health))")
            #expect(try message("routes", ["paths": ["/prefix/", good]]) == nil)
            for (paths, position) in [([bad], 1), (["/prefix/", bad, "/foo"], 2)] as [([JSONValue], Int)] {
                let text = try message("routes", ["paths": .array(paths)]) ?? ""
                #expect(text.hasPrefix("schema violation (paths.\(position): invalid regex:"), "\(text)")
            }
            #expect(try client.refused("GET", "/does-not-exist").status == 404)
            #expect(try client.refused("POST", "/").status == 405)
            #expect(try scene.gateway.admin("GET", "/tags").status == 200)
            let unknown = try client.refused("GET", "/schemas/plugins/noexist")
            #expect(unknown.status == 404 && unknown.json["message"] == "No plugin named 'noexist'")
        }
    }

    @Test("expressions are validated")
    func expressions() throws {
        try withGateway(workers: 1, settings: ["router_flavor": "expressions"]) { gateway, _ throws in
            for (expression, isValid) in [
                ("net.foo == 3000", false), (#"lower(http.path) ~ "pref~[[[[[ix""#, false),
                (#"lower(http.path) ^= "/prefix/""#, true),
            ] {
                let answer = try gateway.admin(
                    "POST", "/schemas/routes/validate", ["expression": .string(expression)])
                #expect(answer.status == (isValid ? 200 : 400))
                let text = answer.json["message"]?.stringValue ?? ""
                let start = "schema violation (Router Expression failed validation:"
                #expect(text.hasPrefix(start) != isValid, "\(text)")
            }
        }
    }

    @Test("without a database: not ready until a configuration is posted; it is exported, and wrong ones are refused")
    func withoutDatabase() throws {
        let port = try Ports.free()
        let settings = ["database": "off", "status_listen": "127.0.0.1:\(port)"]
        try withGateway(workers: 1, settings: settings) { gateway, _ throws in
            let client = TypedClient(gateway: gateway)
            func ready() throws -> Response { try Request("GET", "/status/ready").send(port: port, timeout: 10) }
            #expect(try ready().status == 503)
            #expect(
                try ready().json == ["message": "no configuration available (empty configuration present)"])
            let exported = try gateway.configure("GET", "/config")["config"]?.stringValue ?? ""
            #expect(exported.contains("_format_version") && exported.contains("_transform"))
            let services: JSONValue = [
                ["host": "mockbin.test", "port": 443, "protocol": "https", "routes": [["paths": ["/"]]]]
            ]
            for query in ["check_hash=1", "check_hash=1&flatten_errors=1", "check_hash=0"] {
                let good = try gateway.admin(
                    "POST", "/config?\(query)", ["_format_version": "1.1", "services": services])
                #expect([201, 304].contains(good.status), "\(query): \(good)")
                #expect(try client.refused("POST", "/config?\(query)", ["services": services]).status == 400)
                #expect(try client.refused("POST", "/config?\(query)", ["dummy_key": services]).status == 400)
            }
            try eventually("the gateway is ready") { try ready().status == 200 }
            #expect(try ready().json == ["message": "ready"])
        }
    }
}
