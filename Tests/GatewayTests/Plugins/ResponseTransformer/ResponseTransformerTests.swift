import KongCore
import KongTesting
import Testing

@Suite("response-transformer")
struct ResponseTransformerTests {
    private func transformed(_ config: JSONObject, _ reply: String) throws -> Response {
        let upstream = try ScriptedUpstream { stream in
            _ = try stream.request()
            stream.send(reply)
        }
        var answer: Response?
        try Shared.scene { scene throws in
            try scene.gateway.configure(
                "PUT", "/services/\(scene.id)",
                ["host": "127.0.0.1", "port": .integer(Int64(upstream.port)), "retries": 0])
            try scene.gateway.configure(
                "PUT", "/services/\(scene.id)/routes/\(scene.id)", ["hosts": [.string(scene.host)]])
            try scene.plugin("response-transformer", config)
            answer = try scene.get()
        }
        return try #require(answer)
    }

    private func reply(_ body: String, type: String = "application/json", headers: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
    }

    @Test("headers: remove, rename, replace, add, append")
    func headers() throws {
        let config: JSONObject = [
            "remove": ["headers": ["X-Gone", "Content-Type"]], "rename": ["headers": ["X-Old:X-New"]],
            "replace": ["headers": ["X-Same:changed", "X-None:no"]], "add": ["headers": ["X-Add:a:b", "X-Same:no"]],
            "append": ["headers": ["X-More:2"]],
        ]
        let answer = try transformed(
            config, reply("{}", headers: "X-Gone: 1\r\nX-Old: old\r\nX-Same: same\r\nX-More: 1\r\n"))
        #expect(answer.header("X-Gone") == nil && answer.header("X-Old") == nil && answer.header("X-None") == nil)
        #expect(answer.header("Content-Type") == nil)
        #expect(answer.header("X-New") == "old")
        #expect(answer.all("X-Same") == ["changed"])
        #expect(answer.all("X-Add") == ["a:b"])
        #expect(answer.all("X-More") == ["1", "2"])
        #expect(answer.text == "{}")
    }

    @Test("members of a JSON body, with types; the length follows")
    func body() throws {
        let config: JSONObject = [
            "remove": ["json": ["gone"]], "rename": ["json": ["old:new"]],
            "replace": ["json": ["n:7", "none:1"], "json_types": ["number", "string"]],
            "add": ["json": ["b:true", "n:8"], "json_types": ["boolean", "number"]],
            "append": ["json": ["list:x", "text:y", "fresh:z"]],
        ]
        let answer = try transformed(
            config, reply(#"{"gone":1,"old":2,"n":3,"list":["w"],"text":"t"}"#, type: "application/json; charset=utf-8")
        )
        #expect(
            answer.json == ["new": 2, "n": 7, "b": true, "list": ["w", "x"], "text": ["t", "y"], "fresh": ["z"]])
        #expect(answer.header("Content-Length").map { $0 == "\(answer.body.count)" } ?? true)
    }

    @Test("a body that is no JSON object, or of another type, stays as it is")
    func others() throws {
        let config: JSONObject = ["add": ["json": ["a:1"]]]
        #expect(try transformed(config, reply("{}", type: "text/plain")).text == "{}")
        let long = "[" + String(repeating: "1,", count: 50_000) + "1]"
        #expect(try transformed(config, reply(long)).text == long)
    }
}
