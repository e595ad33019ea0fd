import KongCore
import KongTesting
import Testing

@Suite("request-termination")
struct RequestTerminationTests {
    private func answer(_ config: JSONObject) throws -> Response {
        var answer: Response?
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("request-termination", config)
            answer = try scene.get()
        }
        return try #require(answer)
    }

    @Test(
        "statuses and their messages",
        arguments: [
            ([:], 503, #"{"message":"Service unavailable"}"#), (["status_code": 404], 404, #"{"message":"Not found"}"#),
            (["status_code": 418], 418, ""), (["status_code": 418, "message": "tea"], 418, #"{"message":"tea"}"#),
            (["body": "<p>no</p>", "content_type": "text/html", "status_code": 403], 403, "<p>no</p>"),
        ] as [(JSONObject, Int, String)])
    func bodies(config: JSONObject, status: Int, body: String) throws {
        let answer = try answer(config)
        #expect(answer.status == status)
        #expect(answer.text == body)
        // nginx's `charset` adds to a bare text type, as in Kong.
        let type =
            config["content_type"].map { _ in "text/html; charset=UTF-8" }
            ?? (body.isEmpty ? nil : "application/json; charset=utf-8")
        #expect(answer.header("Content-Type") == type)
    }

    @Test("with a trigger only requests that carry it are ended")
    func trigger() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("request-termination", ["trigger": "x-stop", "status_code": 410])
            #expect(try scene.get().status == 200)
            #expect(try scene.get("/", [HeaderLine("X-Stop", "")]).status == 410)
            #expect(try scene.get("/?x-stop=1").status == 410)
        }
    }

    @Test("echo shows the request and what it matched")
    func echo() throws {
        try Shared.scene { scene throws in
            try scene.route(["hosts": [.string(scene.host)], "paths": ["~/(?<kind>\\w+)/(\\d+)"]])
            try scene.plugin("request-termination", ["echo": true, "status_code": 200, "message": "hi"])
            let json = try scene.get(
                "/cat/7?a=1&a=2&b", method: "POST",
                [HeaderLine("X-Two", "1"), HeaderLine("X-Two", "2"), HeaderLine("Content-Type", "application/json")],
                body: #"{"k":[1]}"#
            ).json
            let request = json["request"] ?? .null
            #expect(json["message"] == "hi")
            #expect(request["method"] == "POST" && request["path"] == "/cat/7" && request["scheme"] == "http")
            #expect(request["host"] == .string(scene.host))
            #expect(request["query"] == ["a": ["1", "2"], "b": true])
            #expect(request["headers"]?["x-two"] == ["1", "2"])
            #expect(request["raw_body"] == #"{"k":[1]}"# && request["body"] == ["k": [1]])
            #expect(request["uri_captures"] == ["unnamed": ["cat", "7"], "named": ["kind": "cat"]])
            #expect(json["matched_route"]?["name"] == .string(scene.id))
            #expect(json["matched_service"]?["name"] == .string(scene.id))
            #expect(json["kong"]?["node_id"]?.stringValue?.count == 36)
        }
    }
}
