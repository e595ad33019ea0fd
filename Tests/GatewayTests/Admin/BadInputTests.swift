import Foundation
import KongCore
import KongTesting
import Testing

@Suite("Bad input at the Admin API: Kong's error shape, nothing changed, still alive")
struct BadInputTests {
    private func send(
        _ scene: Scene, _ method: String = "POST", _ target: String = "/services", type: String? = "application/json",
        body: [UInt8]
    ) throws -> Response {
        let headers = type.map { [HeaderLine("Content-Type", $0)] } ?? []
        return try Request(method, target, headers: headers, body: body).send(
            port: scene.gateway.adminPort, timeout: 60)
    }

    private func expectUnharmed(_ scene: Scene) throws {
        #expect(try scene.gateway.admin("GET", "/status").status == 200)
        #expect(try scene.gateway.admin("GET", "/services/\(scene.id)").status == 404)
    }

    @Test(
        "malformed JSON",
        arguments: [
            "{", "{\"name\":}", "nonsense", "{\"name\":\"x\"", "{'name':'x'}", "{\"a\":1}{", "\u{0}",
            "{\"a\":\"\u{1}\"}",
        ])
    func malformed(body: String) throws {
        try Shared.scene { scene throws in
            let response = try send(scene, body: Array(body.utf8))
            #expect(response.status == 400)
            #expect(response.json["message"] == "Cannot parse JSON body")
            try expectUnharmed(scene)
        }
    }

    @Test("bad UTF-8, deep nesting, huge numbers, duplicate keys, NUL characters: never a 5xx")
    func oddJSON() throws {
        try Shared.scene { scene throws in
            let deep = String(repeating: "[", count: 100_000)
            let bodies: [[UInt8]] = [
                Array("{\"name\":\"".utf8) + [0xff, 0xfe] + Array("\"}".utf8), Array(deep.utf8),
                Array((String(repeating: "{\"a\":", count: 2000) + "1" + String(repeating: "}", count: 2000)).utf8),
                Array("{\"port\":1e400,\"host\":\"x\"}".utf8),
                Array("{\"port\":99999999999999999999999,\"host\":\"x\"}".utf8),
                Array("{\"name\":\"a\\u0000b\",\"host\":\"x\"}".utf8),
                Array("{\"name\":\"\\ud800\",\"host\":\"x\"}".utf8),
                Array("{\"retries\":-1,\"retries\":-2,\"host\":\"x\"}".utf8), Array("[]".utf8), Array("\"x\"".utf8),
                Array("7".utf8), Array("null".utf8),
            ]
            for body in bodies {
                let response = try send(scene, body: body)
                #expect(
                    (400..<500).contains(response.status),
                    "\(String(decoding: body.prefix(60), as: UTF8.self)): \(response)")
                #expect(response.json["message"]?.stringValue?.isEmpty == false)
            }
            try expectUnharmed(scene)
        }
    }

    @Test("unknown fields and wrong types: every violation at once, by field")
    func violations() throws {
        try Shared.scene { scene throws in
            let response = try scene.gateway.admin(
                "POST", "/services",
                [
                    "name": .string(scene.id), "host": 7, "port": "many", "hots": "typo", "retries": 1.5,
                ])
            #expect(response.status == 400)
            #expect(response.json["code"] == 2)
            #expect(response.json["name"] == "schema violation")
            let fields = try #require(response.json["fields"]?.objectValue)
            #expect(Set(fields.keys) == ["host", "port", "hots", "retries"])
            #expect(fields["host"] == "expected a string")
            #expect(response.json["message"]?.stringValue?.hasPrefix("4 schema violations (") == true)
            try expectUnharmed(scene)
        }
    }

    @Test("a refused change changes nothing that is running")
    func refusedPatch() throws {
        try Shared.scene { scene throws in
            try scene.route(["paths": ["/p"]])
            for patch: JSONValue in [
                ["paths": ["no-slash"]], ["paths": 7], ["hosts": ["bad host"]], ["service": ["id": "nope"]],
                ["nonsense": 1],
            ] {
                #expect(try scene.gateway.admin("PATCH", "/routes/\(scene.id)", patch).status == 400, "\(patch)")
            }
            #expect(try scene.get("/p").status == 200)
        }
    }

    @Test("other content types: 415; none with a body: 415; an empty body without one is fine")
    func contentTypes() throws {
        try Shared.scene { scene throws in
            #expect(try send(scene, type: "text/plain", body: Array("name=x".utf8)).status == 415)
            #expect(try send(scene, type: nil, body: Array("name=x".utf8)).status == 415)
            #expect(try send(scene, "POST", "/consumers", type: nil, body: []).status == 400)
            let form = try send(
                scene, "POST", "/services", type: "application/x-www-form-urlencoded",
                body: Array("name=\(scene.id)-f&host=h.test&port=81".utf8))
            #expect(form.status == 201)
            #expect(form.json["port"] == 81)
        }
    }

    @Test("a 100 MB body: 413 or an end, and the process neither dies nor swells")
    func hugeBody() throws {
        try Shared.scene { scene throws in
            let admin = try #require(scene.gateway.adminPID)
            let before = Processes.proportionalSize(of: admin)
            let connection = try Connection(port: scene.gateway.adminPort, timeout: 60)
            try connection.send(
                "POST /services HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n{\"name\":\""
            )
            let megabyte = [UInt8](repeating: 120, count: 1_000_000)
            for _ in 0..<100 where (try? connection.send(megabyte)) == nil { break }
            let answer = try? connection.response()
            #expect(answer == nil || answer?.status == 413, "\(String(describing: answer))")
            #expect(scene.gateway.adminPID == admin)
            #expect(Processes.proportionalSize(of: admin) - before < 60 << 20)
            try expectUnharmed(scene)
        }
    }

    @Test(
        "huge headers, NUL bytes, smuggling shapes: refused or closed, alive afterwards",
        arguments: [
            "GET / HTTP/1.1\r\nHost: a\r\nX-Big: BIG\r\n\r\n", "GET /BIG HTTP/1.1\r\nHost: a\r\n\r\n",
            "\u{0}\u{1}\u{2}\r\n\r\n",
            "GET /\u{0} HTTP/1.1\r\nHost: a\r\n\r\n", "NONSENSE\r\n\r\n",
            "POST /services HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x",
            "POST /services HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            "POST /services HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n{}  ",
            "POST /services HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        ])
    func rawBytes(request: String) throws {
        try Shared.scene { scene throws in
            let connection = try Connection(port: scene.gateway.adminPort)
            try connection.send(request.replacing("BIG", with: String(repeating: "b", count: 100_000)))
            connection.finishWriting()
            let answer = String(decoding: try connection.receiveAll(), as: UTF8.self)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(120))")
            try expectUnharmed(scene)
        }
    }

    @Test("paths that are nowhere: 404; methods that are not there: 405 with Allow")
    func paths() throws {
        try Shared.scene { scene throws in
            for target in ["/nowhere", "/services/x/nowhere", "/consumers/x/key-auth/y/z"] {
                let response = try scene.gateway.admin("GET", target)
                #expect(response.status == 404, "\(target): \(response)")
            }
            for target in ["/services/%00", "/services/%ff%fe", "/services/..%2f..%2fetc"] {
                let response = try scene.gateway.admin("GET", target)
                #expect([400, 404].contains(response.status), "\(target): \(response)")
                #expect(response.json["message"] != nil)
            }
            #expect(try scene.gateway.admin("GET", "/nowhere").json["message"] == "Not found")
            let response = try scene.gateway.admin("DELETE", "/services")
            #expect(response.status == 405)
            #expect(response.json["message"] == "Method not allowed")
        }
    }

    @Test(
        "paging parameters that make no sense: 400",
        arguments: ["size=0", "size=-1", "size=9999999", "size=x", "offset=nonsense"])
    func paging(query: String) throws {
        try Shared.scene { scene throws in
            let response = try scene.gateway.admin("GET", "/services?\(query)")
            #expect(response.status == 400, "\(response)")
        }
    }
}
