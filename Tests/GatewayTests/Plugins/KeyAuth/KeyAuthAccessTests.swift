import KongCore
import KongTesting
import Testing

@Suite("key-auth: access")
struct KeyAuthAccessTests {
    /// A route with key-auth and a consumer whose key is `<id>-ann`.
    private func protected(_ config: JSONObject = [:], _ body: (Scene, _ key: String) throws -> Void) throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("key-auth", config)
            try scene.consumer()
            try body(scene, scene.id + "-ann")
        }
    }

    private func expectRefused(_ response: Response, _ message: String, _ challenge: String = "Key") {
        #expect(response.status == 401)
        #expect(response.json["message"]?.stringValue == message)
        #expect(response.json["request_id"]?.stringValue == response.header("X-Kong-Request-Id"))
        #expect(response.all("WWW-Authenticate") == [challenge])
        #expect(response.header("Content-Type") == "application/json; charset=utf-8")
    }

    @Test("no key: 401 with WWW-Authenticate; an empty one is none")
    func noKey() throws {
        try protected { scene, _ throws in
            expectRefused(try scene.get(), "No API key found in request")
            expectRefused(try scene.get("/?apikey="), "No API key found in request")
            expectRefused(try scene.get("/", key: ""), "No API key found in request")
            #expect(try scene.get("/", method: "HEAD").status == 401)
        }
    }

    @Test("an unknown key: 401 Unauthorized")
    func unknownKey() throws {
        try protected { scene, key throws in
            for wrong in [
                "nobody", key + "x", String(key.dropLast()), key.uppercased(), String(repeating: "k", count: 6000),
            ] {
                expectRefused(try scene.get("/", key: wrong), "Unauthorized")
            }
        }
    }

    @Test("the message follows Accept")
    func media() throws {
        try protected { scene, _ throws in
            let response = try scene.get("/", [HeaderLine("Accept", "text/html")])
            #expect(response.status == 401)
            #expect(response.text.contains("<p>No API key found in request.</p>"))
        }
    }

    @Test("a realm is named")
    func realm() throws {
        try protected(["realm": "my realm"]) { scene, _ throws in
            expectRefused(try scene.get(), "No API key found in request", "Key realm=\"my realm\"")
            expectRefused(try scene.get("/", key: "no"), "Unauthorized", "Key realm=\"my realm\"")
        }
    }

    @Test("a key in header or query: the consumer is told upstream, and cannot be spoofed")
    func consumerHeaders() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("key-auth")
            let consumer = try scene.gateway.create(
                "/consumers", ["username": .string(scene.id), "custom_id": .string("c-" + scene.id)])
            let credential = try scene.gateway.create("/consumers/\(scene.id)/key-auth", ["key": .string(scene.id)])
            let spoof = [HeaderLine]([
                "X-Consumer-ID": "evil", "X-Consumer-Username": "evil", "X-Consumer-Custom-ID": "evil",
                "X-Credential-Identifier": "evil", "X-Anonymous-Consumer": "true",
            ])
            let inHeader = try scene.get("/", spoof + [HeaderLine("ApiKey", scene.id)])
            let inQuery = try scene.get("/?apikey=\(scene.id)", spoof)
            for seen in [inHeader, inQuery] {
                #expect(seen.status == 200)
                #expect(seen.received("x-consumer-id") == [consumer["id"]?.stringValue ?? ""])
                #expect(seen.received("x-consumer-username") == [scene.id])
                #expect(seen.received("x-consumer-custom-id") == ["c-" + scene.id])
                #expect(seen.received("x-credential-identifier") == [credential["id"]?.stringValue ?? ""])
                #expect(seen.received("x-anonymous-consumer") == [])
            }
            #expect(inHeader.received("apikey") == [scene.id])
            #expect(inQuery.receivedTarget == "/?apikey=\(scene.id)")
        }
    }

    @Test("a consumer without a custom_id sends none, whatever the client says")
    func noCustomID() throws {
        try protected { scene, key throws in
            let seen = try scene.get("/", [HeaderLine("apikey", key), HeaderLine("X-Consumer-Custom-ID", "evil")])
            #expect(seen.received("x-consumer-custom-id") == [])
        }
    }

    @Test("key_names: each is looked for, header before query, names in order")
    func names() throws {
        try protected(["key_names": ["x-first", "second"]]) { scene, key throws in
            #expect(try scene.get("/", [HeaderLine("X-First", key)]).status == 200)
            #expect(try scene.get("/?second=\(key)").status == 200)
            #expect(try scene.get("/", key: key).status == 401)
            #expect(try scene.get("/?second=\(key)", [HeaderLine("X-First", "wrong")]).status == 401)
            #expect(try scene.get("/?second=wrong", [HeaderLine("X-First", key)]).status == 200)
            #expect(try scene.get("/?second=\(key)", [HeaderLine("second", "wrong")]).status == 401)
        }
    }

    @Test("a place that is switched off is not looked at")
    func places() throws {
        try protected(["key_in_header": false]) { scene, key throws in
            #expect(try scene.get("/", key: key).status == 401)
            #expect(try scene.get("/?apikey=\(key)").status == 200)
        }
        try protected(["key_in_query": false]) { scene, key throws in
            #expect(try scene.get("/?apikey=\(key)").status == 401)
            #expect(try scene.get("/", key: key).status == 200)
        }
    }

    @Test("two keys under one name: 401 Duplicate API key found")
    func duplicates() throws {
        try protected { scene, key throws in
            let twice = [HeaderLine("apikey", key), HeaderLine("apikey", key)]
            expectRefused(try scene.get("/", twice), "Duplicate API key found")
            expectRefused(try scene.get("/?apikey=\(key)&apikey=\(key)"), "Duplicate API key found")
        }
    }

    @Test("a key in the query is percent-decoded")
    func decoding() throws {
        try protected { scene, _ throws in
            try scene.gateway.create("/consumers/\(scene.id)-ann/key-auth", ["key": .string("a b/\(scene.id)")])
            #expect(try scene.get("/?x=1&apikey=a%20b%2f\(scene.id)").status == 200)
        }
    }

    @Test("hide_credentials takes the key away and leaves the rest as it was")
    func hiding() throws {
        try protected(["hide_credentials": true, "key_in_body": true]) { scene, key throws in
            let header = try scene.get("/?a=1", key: key)
            #expect(header.received("apikey") == [] && header.receivedTarget == "/?a=1")
            #expect(try scene.get("/?a=1&apikey=\(key)&b=2").receivedTarget == "/?a=1&b=2")
            #expect(try scene.get("/?apikey=\(key)").receivedTarget == "/")
            let form = [HeaderLine("Content-Type", "application/x-www-form-urlencoded")]
            let seen = try scene.get("/", method: "POST", form, body: "a=1&apikey=\(key)&b=2")
            #expect(seen.status == 200)
            let body = try #require(seen.json["body"]?.stringValue)
            #expect(Set(body.split(separator: "&")) == ["a=1", "b=2"])
            #expect(seen.received("content-length") == ["\(body.utf8.count)"])
        }
    }

    @Test("key_in_body: form, JSON and multipart; without it the body is not looked at")
    func body() throws {
        let multipart = { (key: String) in
            "--b\r\nContent-Disposition: form-data; name=\"apikey\"\r\n\r\n\(key)\r\n--b\r\n"
                + "Content-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n"
        }
        let bodies: [(String, (String) -> String)] = [
            ("application/x-www-form-urlencoded", { "a=1&apikey=\($0)" }),
            ("application/json", { "{\"a\":1,\"apikey\":\"\($0)\"}" }),
            ("multipart/form-data; boundary=b", multipart),
        ]
        try protected(["key_in_body": true]) { scene, key throws in
            for (type, body) in bodies {
                let headers = [HeaderLine("Content-Type", type)]
                let seen = try scene.get("/", method: "POST", headers, body: body(key))
                #expect(seen.status == 200, "\(type)")
                #expect(seen.json["body"]?.stringValue == body(key), "\(type)")
                expectRefused(try scene.get("/", method: "POST", headers, body: body("wrong")), "Unauthorized")
            }
        }
        try protected { scene, key throws in
            let headers = [HeaderLine("Content-Type", bodies[0].0)]
            #expect(try scene.get("/", method: "POST", headers, body: bodies[0].1(key)).status == 401)
        }
    }

    @Test("key_in_body: hide_credentials in JSON and multipart leaves a valid body", arguments: ["json", "multipart"])
    func hidingInBody(kind: String) throws {
        try protected(["key_in_body": true, "hide_credentials": true]) { scene, key throws in
            let type = kind == "json" ? "application/json" : "multipart/form-data; boundary=b"
            let sent =
                kind == "json"
                ? "{\"a\":1,\"apikey\":\"\(key)\"}"
                : "--b\r\nContent-Disposition: form-data; name=\"apikey\"\r\n\r\n\(key)\r\n--b\r\n"
                    + "Content-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n"
            let seen = try scene.get("/", method: "POST", [HeaderLine("Content-Type", type)], body: sent)
            let body = try #require(seen.json["body"]?.stringValue)
            #expect(!body.contains(key) && !body.contains("apikey"))
            #expect(seen.received("content-length") == ["\(body.utf8.count)"])
            if kind == "json" { #expect(try JSONValue(parsing: Array(body.utf8)) == ["a": 1]) }
            if kind == "multipart" { #expect(body.contains("name=\"a\"\r\n\r\n1\r\n")) }
        }
    }

    @Test("a body that is larger than a buffer, comes in pieces, or is no valid JSON", arguments: [0, 20_000, 300_000])
    func awkwardBodies(padding: Int) throws {
        try protected(["key_in_body": true]) { scene, key throws in
            let body = "a=\(String(repeating: "p", count: padding))&apikey=\(key)"
            let connection = try Connection(port: scene.gateway.proxyPort)
            try connection.send(
                "POST / HTTP/1.1\r\nHost: \(scene.host)\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n")
            try connection.send(String(body.prefix(body.count / 2)))
            _ = try scene.gateway.worker(of: connection)
            try connection.send(String(body.suffix(body.count - body.count / 2)))
            #expect([200, 401].contains(try connection.response().status))
            for broken in [
                "{\"apikey\":", "[]", "\"x\"", "{\"apikey\":{\"a\":1}}", "{\"apikey\":[\"\(key)\"]}", "nul\u{0}l",
            ] {
                let response = try scene.get(
                    "/", method: "POST", [HeaderLine("Content-Type", "application/json")], body: broken)
                #expect(response.status == 401, "\(broken)")
            }
        }
    }

    @Test("run_on_preflight: OPTIONS needs a key unless it is off")
    func preflight() throws {
        try protected { scene, _ throws in
            let response = try scene.get(method: "OPTIONS")
            #expect(response.status == 401)
        }
        try protected(["run_on_preflight": false]) { scene, _ throws in
            #expect(try scene.get(method: "OPTIONS").status == 200)
            #expect(try scene.get().status == 401)
        }
    }

    @Test("anonymous, by id or by username: the anonymous consumer, told so upstream", arguments: [true, false])
    func anonymous(byID: Bool) throws {
        try Shared.scene { scene throws in
            try scene.route()
            let consumer = try scene.gateway.create("/consumers", ["username": .string(scene.id + "-any")])
            try scene.plugin("key-auth", ["anonymous": byID ? consumer["id"] ?? nil : .string(scene.id + "-any")])
            try scene.consumer()
            for seen in [try scene.get(), try scene.get("/", key: "wrong")] {
                #expect(seen.status == 200)
                #expect(seen.received("x-anonymous-consumer") == ["true"])
                #expect(seen.received("x-consumer-username") == [scene.id + "-any"])
                #expect(seen.received("x-credential-identifier") == [])
            }
            let known = try scene.get(
                "/", [HeaderLine("apikey", scene.id + "-ann"), HeaderLine("X-Anonymous-Consumer", "true")])
            #expect(known.received("x-anonymous-consumer") == [])
            #expect(known.received("x-consumer-username") == [scene.id + "-ann"])

            try scene.gateway.configure("DELETE", "/consumers/\(scene.id)-any")
            let gone = try scene.get()
            #expect(gone.status == 500)
            #expect(gone.json["message"] == "An unexpected error occurred")
            #expect(try scene.get("/", key: scene.id + "-ann").status == 200)
        }
    }
}
