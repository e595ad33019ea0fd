import KongCore
import Testing

@testable import KongAdmin

@Suite("Declarative configuration over REST")
struct ConfigTests {
    private let yaml =
        "_format_version: \"3.0\"\nservices:\n- name: s\n  url: http://a.test:81\n  routes:\n  - name: r\n    paths: [/a]\n"

    @Test("a YAML text is loaded, shown, and known again by its hash")
    func load() async throws {
        let admin = try await AdminFixture(database: "off")
        #expect(await admin.send("GET", "/status")["configuration_hash"] == .string(DeclarativeLoader.emptyHash))
        let loaded = await admin.send("POST", "/config", [.contentType: "text/yaml"], body: Array(yaml.utf8))
        #expect(loaded.status == 201 && loaded["services"]?.objectValue?.count == 1)
        #expect(await admin.send("GET", "/services/s")["port"] == 81)
        #expect(await admin.send("GET", "/routes/r/service")["name"] == "s")
        let again = await admin.send(
            "POST", "/config?check_hash=1", [.contentType: "text/yaml"], body: Array(yaml.utf8))
        #expect(again.status == 304 && again.text.isEmpty)
        #expect(await admin.send("GET", "/status")["configuration_hash"] == .string(MD5.hex(Array(yaml.utf8))))
        let exported = await admin.send("GET", "/config")["config"]?.stringValue ?? ""
        #expect(exported.hasPrefix("_format_version: '3.0'\n_transform: false\nservices:\n- "))
        #expect(await admin.send("POST", "/config", json: ["config": .string(exported)]).status == 201)
        #expect(await admin.send("GET", "/routes/r").status == 200)
    }

    @Test("an invalid configuration changes nothing")
    func invalid() async throws {
        let admin = try await AdminFixture(database: "off")
        _ = await admin.send("POST", "/config", [.contentType: "text/yaml"], body: Array(yaml.utf8))
        let refused = await admin.send(
            "POST", "/config", json: ["_format_version": "3.0", "services": [["name": "t"]]])
        #expect(refused.status == 400 && refused["code"] == 14)
        #expect(refused["fields"] == ["services": [["host": "required field missing"]]])
        #expect(await admin.send("GET", "/services/s").status == 200)
        let flat = await admin.send(
            "POST", "/config?flatten_errors=1", json: ["_format_version": "3.0", "services": [["name": "t"]]])
        #expect(flat["flattened_errors"]?.arrayValue?.count == 1)
        for text in ["", "[", "1", "\u{0}", "a: b: c"] {
            let answer = await admin.send("POST", "/config", [.contentType: "text/yaml"], body: Array(text.utf8))
            #expect(answer.status == 400, "\(text)")
        }
        #expect(await admin.send("POST", "/config", [.contentType: "text/yaml"], body: [0xff]).status == 400)
    }

    @Test("with a database the endpoint is not there for use")
    func database() async throws {
        let admin = try await AdminFixture()
        #expect(await admin.send("GET", "/config").status == 400)
        #expect(await admin.send("POST", "/config", json: ["_format_version": "3.0"]).status == 400)
    }

    @Test("MD5 is RFC 1321's")
    func digest() {
        #expect(MD5.hex([]) == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(MD5.hex(Array("message digest".utf8)) == "f96b697d7cb7938d525a2f31aaf161d0")
        #expect(
            MD5.hex(Array(repeating: UInt8(ascii: "a"), count: 120))
                == MD5.hex(Array(String(repeating: "a", count: 120).utf8)))
    }
}
