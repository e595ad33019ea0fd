import KongCore
import Testing

@Suite("vault references")
struct VaultTests {
    @Test("what the parts of a reference mean")
    func parts() throws {
        let plain = try VaultReference("{vault://env/my-secret}")
        #expect(plain.vault == "env" && plain.resource == "my-secret" && plain.key == nil && plain.version == nil)
        let member = try VaultReference("{vault://my-vault/a/b/password?prefix=X_&ttl=5#2}")
        #expect(member.vault == "my-vault" && member.resource == "a/b" && member.key == "password")
        #expect(member.options == ["prefix": "X_", "ttl": "5"] && member.version == 2)
        let directory = try VaultReference("{vault://env/a/b/}")
        #expect(directory.resource == "a/b" && directory.key == nil)
        #expect(try VaultReference("{vault://env/a%20b/c%2fd}") == VaultReference("{vault://env/a b/c%2Fd}"))
    }

    @Test(
        "what is none, and why",
        arguments: [
            ("{vault://env}", "reference url is missing path"), ("{vault://env/}", "reference url has empty path"),
            ("{vault:///x}", "reference url is missing host"), ("{vault://env//x}", "reference url has invalid path"),
            ("vault://env/x", "not a reference"),
        ])
    func wrong(text: String, reason: String) {
        #expect { try VaultReference(text) } throws: { ($0 as? VaultError)?.description == reason }
    }

    private let vault = EnvironmentVault([
        "MY_SECRET": "s", "TEAM_SECRET": "t", "MY_SECRET_PREVIOUS": "old", "JSON": #"{"a":"x","n":1}"#, "EMPTY": "",
    ])

    @Test(
        "values in the environment",
        arguments: [
            ("{vault://env/my-secret}", nil, "s"), ("{vault://env/SECRET}", "team_", "t"),
            ("{vault://env/secret?prefix=my_}", "team_", "s"), ("{vault://env/my-secret#2}", nil, "old"),
            ("{vault://env/json/a}", nil, "x"), ("{vault://env/empty}", nil, ""),
        ] as [(String, String?, String)])
    func values(text: String, prefix: String?, value: String) throws {
        #expect(try vault.value(of: VaultReference(text), prefix: prefix) == value)
    }

    @Test(
        "no value: the reason names no secret",
        arguments: [
            ("{vault://env/nothing}", "unable to load value (nothing) from vault (env): value not found"),
            ("{vault://env/my-secret/a}", "unable to json decode value received from vault (env)"),
            ("{vault://env/json/b}", "subfield b not found in JSON secret"),
            ("{vault://env/json/n}", "subfield n not found in JSON secret"),
        ])
    func absent(text: String, reason: String) throws {
        let reference = try VaultReference(text)
        #expect { try vault.value(of: reference, prefix: nil) } throws: {
            ($0 as? VaultError)?.description == reason
        }
    }

    @Test("only referenceable fields are replaced, however deep they lie")
    func fields() {
        let inner = RecordSchema([
            .field("password", .string, flags: .referenceable), .field("host", .string),
        ])
        let schema = RecordSchema([
            .field("redis", .record(inner)),
            .field("headers", .map(keys: .element(.string), values: .element(.string, flags: .referenceable))),
            .field("list", .array(of: .record(inner))),
        ])
        let secret: JSONValue = "{vault://env/x}"
        let given: JSONObject = [
            "redis": ["password": secret, "host": secret], "headers": ["a": secret], "list": [["password": secret]],
            "other": secret,
        ]
        let found = schema.dereferenced(given) { $0 == "{vault://env/x}" ? "v" : nil }
        #expect(
            found == [
                "redis": ["password": "v", "host": secret], "headers": ["a": "v"], "list": [["password": "v"]],
                "other": secret,
            ])
        #expect(schema.dereferenced(given) { _ in String?.none } == given)
    }
}
