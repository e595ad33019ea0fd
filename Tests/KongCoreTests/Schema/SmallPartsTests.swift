import KongCore
import Testing

@Suite struct SmallPartsTests {
    @Test(
        "SHA-1 of the standard's examples",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (String(repeating: "a", count: 1000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
        ])
    func sha1(text: String, digest: String) {
        #expect(SHA1.hex(text) == digest)
    }

    @Test("base64", arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foobar", "Zm9vYmFy")])
    func base64(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
    }

    @Test("random UUIDs are version 4")
    func uuid() {
        let text = RandomText.uuid()
        #expect(text.isUUID && text.dropFirst(14).first == "4")
        #expect("89ab".contains(text.dropFirst(19).first ?? "x"))
    }

    @Test(
        "Lua tables",
        arguments: [
            (["id": "x", "a-b": 1], #"{["a-b"]=1,id="x"}"#), (["a", .null, "b"], #"{"a",[3]="b"}"#),
            (["consumer": .null], "{consumer=null}"), (["end": true], #"{["end"]=true}"#),
        ] as [(JSONValue, String)])
    func luaTables(value: JSONValue, text: String) {
        #expect(value.luaText == text)
    }

    @Test(
        "hosts and ports",
        arguments: [
            ("A.test:80", "A.test", 80), ("10.0.0.01", "10.0.0.1", nil),
            ("[::1]:8000", "[0000:0000:0000:0000:0000:0000:0000:0001]", 8000),
            ("1::", "[0001:0000:0000:0000:0000:0000:0000:0000]", nil), ("a.test.", "a.test.", nil),
        ] as [(String, String, Int?)])
    func hosts(text: String, host: String, port: Int?) throws {
        let parsed = try HostName(parsing: text)
        #expect(parsed.host == host && parsed.port == port)
    }

    @Test("forms take the schema's types")
    func forms() throws {
        let services = try #require(Entities.named("services"))
        let inferred = services.infer(
            form: ["port": "8080", "enabled": "false", "tags": "a", "path": "", "retries": "x"], .fixture)
        #expect(inferred == ["port": 8080, "enabled": false, "tags": ["a"], "path": .null, "retries": "x"])
        let routes = try #require(Entities.named("routes"))
        #expect(
            routes.infer(form: ["headers": ["x": "1"], "paths": ["2": "/b", "1": "/a"]], .fixture)
                == ["headers": ["x": ["1"]], "paths": ["/a", "/b"]])
        let plugins = try #require(Entities.named("plugins"))
        #expect(
            plugins.infer(form: ["name": "rate-limiting", "config": ["minute": "5"]], .fixture)["config"] == [
                "minute": 5
            ])
    }

    @Test("data errors carry Kong's codes and texts")
    func dataErrors() {
        #expect(DataError.uniqueViolation(["name": "s"]).message == #"UNIQUE violation detected on '{name="s"}'"#)
        #expect(DataError.notFound(unique: ["name": "s"]).httpStatus == 404)
        #expect(DataError.database("gone").body == ["message": "An unexpected error occurred"])
        let unresolved = DataError.foreignKeysUnresolved([("service", ["name": "zzz"], "services")])
        #expect(
            unresolved.message == "foreign key unresolved (service.name: the foreign key cannot be resolved with "
                + #"'{name="zzz"}' for an existing 'services' entity)"#)
    }
}
