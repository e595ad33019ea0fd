import HTTPTypes
import KongCore
import Logging
import Testing

@testable import KongAdmin

@Suite("Routes")
struct RouteTableTests {
    private let table: RouteTable = {
        var table = RouteTable()
        table.on("GET", "/") { _ in .message(200, "root") }
        table.on("GET", "/plugins/{plugins}") { .message(200, $0.parameters["plugins"] ?? "") }
        table.on("GET", "/plugins/enabled") { _ in .message(200, "literal") }
        table.on("POST", "/plugins/{plugins}") { _ in .message(200, "post") }
        table.on("GET", "/a/{b}/c/{d}") { .message(200, "\($0.parameters["b"] ?? "")-\($0.parameters["d"] ?? "")") }
        table.on("GET", "/a/x/e") { _ in .message(200, "e") }
        table.finish()
        return table
    }()
    private let logger = Logger(label: "test")

    private func reply(_ method: String, _ target: String, _ headers: HTTPFields = [:], body: String = "") async -> (
        Int, String
    ) {
        let request = AdminRequest(method: method, target: target, headers: headers, body: Array(body.utf8))
        let reply = await table.reply(to: request, logger: logger)
        return (reply.status, String(decoding: reply.body, as: UTF8.self))
    }

    @Test(
        "literal segments win, slashes at the end do not count, names are decoded",
        arguments: [
            ("/", 200, "root"), ("/plugins/enabled", 200, "literal"), ("/plugins/p/", 200, "p"),
            ("/plugins/%C3%BC%2F", 200, "ü/"), ("/a/x/c/d?e=f", 200, "x-d"), ("/plugins", 404, "Not found"),
            ("/plugins//", 404, "Not found"), ("//", 404, "Not found"), ("*", 404, "Not found"),
            ("http://host:1/plugins/p", 200, "p"), ("/plugins/p%00q", 200, "p\\u0000q"),
        ])
    func paths(target: String, status: Int, text: String) async {
        let got = await reply("GET", target)
        #expect(got.0 == status)
        #expect(got.1 == "{\"message\":\"\(text)\"}")
    }

    @Test("a path that is no UTF-8 is refused")
    func badUTF8() async { #expect(await reply("GET", "/plugins/%ff").0 == 400) }

    @Test("unknown methods of known paths: 405; HEAD runs GET; OPTIONS lists")
    func methods() async {
        #expect(await reply("DELETE", "/plugins/p") == (405, "{\"message\":\"Method not allowed\"}"))
        #expect(await reply("HEAD", "/plugins/p").0 == 200)
        let options = await table.reply(to: AdminRequest(method: "OPTIONS", target: "/plugins/p"), logger: logger)
        #expect(options.status == 204)
        #expect(options.headers.first { $0.name == "Allow" }?.value == "GET, HEAD, OPTIONS, POST")
        #expect(options.headers.first { $0.name == "Access-Control-Allow-Headers" }?.value == "Content-Type")
    }

    @Test("the media type is checked before the method and after the path")
    func mediaTypes() async {
        #expect(await reply("POST", "/none", [.contentType: "text/plain"], body: "x").0 == 404)
        #expect(await reply("PUT", "/plugins/p", [.contentType: "text/plain"], body: "x").0 == 415)
        #expect(await reply("POST", "/plugins/p", [:], body: "x").0 == 415)
        #expect(await reply("POST", "/plugins/p").0 == 200)
        var twice = HTTPFields()
        twice.append(HTTPField(name: .contentType, value: "application/json"))
        twice.append(HTTPField(name: .contentType, value: "application/json"))
        #expect(await reply("POST", "/plugins/p", twice) == (400, "Multiple Content-Type headers not allowed"))
        let page = await reply("POST", "/plugins/p", [.contentType: "text/plain"], body: "x").1
        #expect(page.hasPrefix("<html>\r\n<head><title>415 Unsupported Media Type</title></head>\r\n"))
    }
}

@Suite("Request bodies")
struct RequestBodyTests {
    private func arguments(_ type: String, _ body: [UInt8]) throws(AdminReply) -> BodyArguments {
        try AdminRequest(method: "POST", target: "/", headers: [.contentType: type], body: body).arguments()
    }

    @Test(
        "broken JSON of any kind: 400", arguments: ["", "{", "nul", "1", "\"x\"", "[1]", "{\"a\":1}x", "{\"a\":\u{0}}"])
    func brokenJSON(text: String) {
        let error = #expect(throws: AdminReply.self) { try arguments("application/json", Array(text.utf8)) }
        #expect(error?.body == Array("{\"message\":\"Cannot parse JSON body\"}".utf8))
    }

    @Test("bad UTF-8 and endless nesting in JSON: 400")
    func hostileJSON() {
        #expect(throws: AdminReply.self) {
            try arguments("application/json", Array("{\"a\":\"".utf8) + [0xff] + Array("\"}".utf8))
        }
        #expect(throws: AdminReply.self) {
            try arguments("application/json", Array(repeating: UInt8(ascii: "["), count: 1_000_000))
        }
    }

    @Test("an empty array is no fields")
    func emptyArray() throws {
        #expect(try arguments("application/json; charset=utf-8", Array("[]".utf8)).object == [:])
    }

    @Test("more than a thousand arguments: 400")
    func tooMany() {
        let form = (0...1000).map { "a\($0)=1" }.joined(separator: "&")
        let error = #expect(throws: AdminReply.self) {
            try arguments("application/x-www-form-urlencoded", Array(form.utf8))
        }
        #expect(error?.body == Array("{\"message\":\"Too many arguments\"}".utf8))
    }
}
