import KongCore
import KongTesting
import Testing

@Suite("request-size-limiting")
struct RequestSizeLimitingTests {
    private func with(_ config: JSONObject, _ body: (Scene) throws -> Void) throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("request-size-limiting", config)
            try body(scene)
        }
    }

    private func chunked(_ scene: Scene, _ count: Int) throws -> Response {
        let text = String(repeating: "x", count: count)
        let connection = try Connection(port: scene.gateway.proxyPort)
        try connection.send(
            "POST / HTTP/1.1\r\nHost: \(scene.host)\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                + (count > 0 ? "\(String(count, radix: 16))\r\n\(text)\r\n" : "") + "0\r\n\r\n")
        return try connection.response()
    }

    @Test("announced or not, a body is as long as it may be, or refused")
    func limits() throws {
        try with(["allowed_payload_size": 10, "size_unit": "bytes"]) { scene throws in
            for (count, status) in [(0, 200), (9, 200), (10, 200), (11, 413)] {
                let body = String(repeating: "x", count: count)
                let announced = try scene.get("/", method: "POST", body: body)
                #expect(announced.status == status)
                #expect(try chunked(scene, count).status == status)
                if status == 413 { #expect(announced.json["message"] == "Request size limit exceeded") }
            }
            let seen = try chunked(scene, 10)
            #expect(seen.json["body"]?.stringValue?.count == 10)
        }
        // Longer than nginx's buffer, so that the body lies in a file.
        try with(["allowed_payload_size": 100, "size_unit": "kilobytes"]) { scene throws in
            #expect(try chunked(scene, 102_400).json["body"]?.stringValue?.count == 102_400)
            #expect(try chunked(scene, 102_401).status == 413)
        }
    }

    @Test("417 to who expects 100-continue; 411 where a length is required")
    func others() throws {
        let config: JSONObject = ["allowed_payload_size": 1, "size_unit": "bytes", "require_content_length": true]
        try with(config) { scene throws in
            let connection = try Connection(port: scene.gateway.proxyPort)
            try connection.send(
                "POST / HTTP/1.1\r\nHost: \(scene.host)\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
                    + "Connection: close\r\n\r\nxx")
            // nginx says 100 before it discards a body.
            var refused = try connection.response()
            if refused.status == 100 { refused = try connection.response() }
            #expect(refused.status == 417)
            let none = try scene.get()
            #expect(none.status == 411)
            #expect(none.json["message"] == "A valid Content-Length header is required")
            #expect(try chunked(scene, 1).status == 200)
        }
    }
}
