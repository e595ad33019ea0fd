import KongCore
import KongTesting
import Testing

@Suite("Where and how the Admin API listens")
struct AdminListenerTests {
    @Test("TLS beside plain text, HTTP/2 where it is asked for; plain text on the TLS port is no request")
    func tls() throws {
        let (plain, secure, second) = (try Ports.free(), try Ports.free(), try Ports.free())
        let listen = "127.0.0.1:\(plain), 127.0.0.1:\(secure) ssl, 127.0.0.1:\(second) ssl http2"
        let gateway = try Gateway(settings: ["admin_listen": listen])
        defer { gateway.discard() }
        #expect(try gateway.kong(["start"], timeout: 60).status == 0)
        try eventually("it answers") { (try? Curl.request("http://127.0.0.1:\(plain)/status").status) == 200 }
        let made = try Curl.request("https://127.0.0.1:\(secure)/services", ["-d", "name=a", "-d", "host=a.test"])
        #expect(made.status == 201)
        let found = try Curl.request("https://127.0.0.1:\(second)/services/a", ["--http2"])
        #expect(found.status == 200 && found.reason.hasPrefix("HTTP/2"), "\(found.reason)")
        #expect((try? Curl.request("http://127.0.0.1:\(secure)/services").status) != 200)
    }

    @Test("admin_listen = off: no Admin API, the proxy serves")
    func off() throws {
        let gateway = try Gateway(settings: ["admin_listen": "off"])
        defer { gateway.discard() }
        #expect(try gateway.kong(["start"], timeout: 60).status == 0)
        try eventually("the proxy answers") { (try? gateway.proxy("GET", "/", timeout: 5).status) == 404 }
        #expect(throws: (any Error).self) { try gateway.admin("GET", "/status") }
    }

    @Test("/timers and /cache have Kong's shapes; OPTIONS and the manager's origin are answered")
    func small() throws {
        try withGateway { gateway, _ throws in
            #expect(try gateway.admin("GET", "/timers").json["stats"] != nil)
            #expect(try gateway.admin("DELETE", "/cache").status == 204)
            let absent = try gateway.admin("GET", "/cache/services:x")
            #expect(absent.status == 404 && absent.json["message"] == "Not found")
            let options = try gateway.admin("OPTIONS", "/services", nil, ["Origin": "http://manager.test"])
            #expect(options.status == 204)
            #expect(options.header("Access-Control-Allow-Origin") != nil)
            #expect(options.header("Allow")?.contains("POST") == true)
        }
    }
}
