import KongTesting
import Testing

@Suite("Error bodies")
struct ErrorBodyTests {
    static func html(_ message: String, _ id: String) -> String {
        """
        <!doctype html>
        <html>
          <head>
            <meta charset="utf-8">
            <title>Error</title>
          </head>
          <body>
            <h1>Error</h1>
            <p>\(message).</p>
            <p>request_id: \(id)</p>
          </body>
        </html>

        """
    }

    static func body(_ type: String, _ message: String, _ id: String) -> String {
        switch type {
        case "text/html": html(message, id)
        case "text/plain": "\(message)\nrequest_id: \(id)\n"
        case "application/xml":
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<error>\n  <message>\(message)</message>\n"
                + "  <requestid>\(id)</requestid>\n</error>\n"
        default: "{\n  \"message\":\"\(message)\",\n  \"request_id\":\"\(id)\"\n}"
        }
    }

    @Test(
        "no route: the body that Accept asks for, byte for byte",
        arguments: [
            (nil, "application/json"), ("application/json", "application/json"), ("text/html", "text/html"),
            ("text/plain", "text/plain"), ("application/xml", "application/xml"), ("*/*", "application/json"),
            ("text/*", "text/plain"), ("application/*", "application/json"), ("image/png", "application/json"),
            ("text/html;q=0.5, application/json;q=0.9", "application/json"),
            ("text/html, application/json", "text/html"),
            ("text/plain;q=0.1, */*;q=0.9", "application/json"),
            ("application/xml;q=0.9, text/html;q=0.8", "application/xml"),
            ("garbage", "application/json"),
        ] as [(String?, String)])
    func noRoute(accept: String?, type: String) throws {
        try Shared.scene { scene throws in
            let response = try scene.get("/", accept.map { [HeaderLine("Accept", $0)] } ?? [])
            #expect(response.status == 404)
            #expect(response.header("Content-Type") == "\(type); charset=utf-8")
            let id = try #require(response.header("X-Kong-Request-Id"))
            #expect(response.text == Self.body(type, "no Route matched with those values", id))
            #expect(response.header("Content-Length") == "\(response.body.count)")
        }
    }

    @Test(
        "an upstream that refuses: the error handler's body, text/plain without Accept",
        arguments: [
            (nil, "text/plain"), ("application/json", "application/json"), ("text/html", "text/html"),
            ("text/plain", "text/plain"), ("application/xml", "application/xml"), ("*/*", "application/json"),
        ] as [(String?, String)])
    func refused(accept: String?, type: String) throws {
        try Shared.scene { scene throws in
            try scene.route(service: ["port": .integer(Int64(Ports.free())), "retries": 0])
            let response = try scene.get("/", accept.map { [HeaderLine("Accept", $0)] } ?? [])
            #expect(response.status == 502)
            #expect(response.header("Content-Type") == "\(type); charset=utf-8")
            let id = try #require(response.header("X-Kong-Request-Id"))
            #expect(response.text == Self.body(type, "An invalid response was received from the upstream server", id))
            #expect(response.header("X-Kong-Upstream-Latency") != nil)
            #expect(response.header("Via") != nil)
        }
    }

    @Test("HEAD: the status and headers, no body")
    func head() throws {
        try Shared.scene { scene throws in
            let response = try scene.get("/", method: "HEAD")
            #expect(response.status == 404 && response.body.isEmpty)
            #expect(response.header("Content-Type") == "application/json; charset=utf-8")
        }
    }

    @Test(
        "what nginx refuses itself is in Kong's words",
        arguments: [
            ("NONSENSE\r\n\r\n", 400, "Bad request"),
            ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "Bad request"),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400, "Bad request"),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nX-Big: \(String(repeating: "b", count: 40_000))\r\n\r\n", 400,
                "Request header or cookie too large"
            ),
            ("GET /\(String(repeating: "u", count: 40_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414, "URI too long"),
            ("TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405, "Method not allowed"),
        ])
    func early(request: String, status: Int, message: String) throws {
        try Shared.scene { scene throws in
            let connection = try Connection(port: scene.gateway.proxyPort)
            try connection.send(request)
            let response = try connection.response()
            #expect(response.status == status)
            #expect(response.text.hasPrefix(message + "\nrequest_id: "), "\(response)")
            #expect(response.header("Content-Type") == "text/plain; charset=utf-8")
        }
    }

    @Test("error_template_json and error_default_type are honoured")
    func templates() throws {
        let file = "\(Product.root)/.build/error-template.json"
        try #require(File.write("{\"oops\":\"%s\",\"ref\":\"%s\"}", to: file))
        try withGateway(settings: ["error_template_json": file, "error_default_type": "application/json"]) {
            gateway, upstream throws in
            let response = try gateway.scene(upstream).get()
            #expect(response.json["oops"] == "no Route matched with those values")
            #expect(response.json["ref"]?.stringValue == response.header("X-Kong-Request-Id"))
            #expect(try gateway.raw("NONSENSE\r\n\r\n").contains("\"oops\":\"Bad request\""))
        }
    }
}
