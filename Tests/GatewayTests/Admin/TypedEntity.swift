import Foundation
import KongCore
import KongTesting

/// A kind of entity as a typed client handles it: where, under which key, with which fields.
struct TypedEntity: Sendable {
    /// Where it is written.
    var path: String
    /// The list over all parents; where it is written, for most.
    var list: String
    /// The field that stands for the id in paths.
    var key: String?
    /// Lists of it can be narrowed by tags.
    var isTagged = true
    var changes: JSONObject
    /// Bodies that are refused.
    var refused: [JSONObject]
    /// Enough to create the first, the second, up to the sixth.
    var fields: @Sendable (Int) -> JSONObject

    init(
        _ path: String, list: String? = nil, key: String? = nil, refused: [JSONObject] = [], changes: JSONObject,
        fields: @escaping @Sendable (Int) -> JSONObject
    ) {
        self.path = path
        self.list = list ?? path
        self.key = key
        self.refused = refused
        self.changes = changes
        self.fields = fields
    }
}

extension TypedEntity {
    /// All kinds, with the parents that theirs want created first.
    static func all(_ client: TypedClient) throws -> [TypedEntity] {
        let pairs = try (1...7).map { try makeCertificate($0, in: client.gateway.folder) }
        let certificate = try client.create("/certificates", ["cert": pairs[0].cert, "key": pairs[0].key])
        let service = try client.create("/services", ["name": "parent", "host": "upstream", "path": "/path"])
        let set = try client.create("/key-sets", ["name": "parent"])
        let upstream = try client.create("/upstreams", ["name": "parent.test"])
        let plugins = ["key-auth", "basic-auth", "jwt", "cors", "correlation-id", "bot-detection"]
        var targets = TypedEntity(
            "/upstreams/parent.test/targets", key: "target", refused: [[:], ["target": "10.0.0.1:99999"]],
            changes: ["weight": 10000]
        ) { ["target": "10.42.1.\($0):80", "upstream": .object(upstream)] }
        targets.isTagged = false
        return [
            TypedEntity("/services", key: "name", refused: [[:]], changes: ["name": "bar", "host": "other"]) {
                ["name": "foo\($0)", "host": "upstream", "port": 42, "path": "/path"]
            },
            TypedEntity("/routes", key: "name", refused: [[:]], changes: ["hosts": ["new.test"], "methods": ["GET"]]) {
                ["name": "foo\($0)", "hosts": ["one.test", "two.test"], "service": .object(service)]
            },
            TypedEntity("/consumers", key: "username", refused: [[:]], changes: ["username": "bar"]) {
                ["username": "foo\($0)", "custom_id": "custom-\($0)"]
            },
            TypedEntity("/upstreams", key: "name", refused: [[:]], changes: ["name": "bar.test"]) {
                ["name": "foo\($0).test"]
            },
            targets,
            TypedEntity(
                "/certificates", refused: [["cert": "bar", "key": "foo", "snis": ["one.test"]]],
                changes: ["cert": pairs[6].cert, "key": pairs[6].key]
            ) { ["cert": pairs[$0 - 1].cert, "key": pairs[$0 - 1].key, "snis": ["of-\($0).test"]] },
            TypedEntity("/ca_certificates", refused: [["cert": "bar"]], changes: ["cert": pairs[6].cert]) {
                ["cert": pairs[$0 - 1].cert]
            },
            TypedEntity("/snis", key: "name", refused: [["name": "one.test"]], changes: ["name": "bar.test"]) {
                ["name": "foo\($0).test", "certificate": .object(certificate)]
            },
            TypedEntity("/key-sets", key: "name", changes: ["name": "bar"]) { ["name": "foo\($0)"] },
            TypedEntity("/keys", key: "name", refused: [[:]], changes: ["name": "bar"]) {
                [
                    "name": "foo\($0)", "kid": "foo-\($0)", "set": ["id": set["id"] ?? .null],
                    "jwk": .string(jwk(kid: "foo-\($0)")),
                ]
            },
            TypedEntity("/vaults", key: "prefix", refused: [[:]], changes: ["prefix": "bar", "description": "new"]) {
                ["name": "env", "prefix": "foo\($0)", "description": "old", "config": ["prefix": "SECURE_"]]
            },
            TypedEntity(
                "/plugins", key: "instance_name", refused: [["name": "plugin-not-present"]],
                changes: ["enabled": false, "protocols": ["http"]]
            ) { ["name": .string(plugins[$0 - 1]), "instance_name": "foo\($0)"] },
        ] + (try credentials(client))
    }

    private static func credentials(_ client: TypedClient) throws -> [TypedEntity] {
        let consumer = try client.create("/consumers", ["username": "parent"])
        let path = "/consumers/\(consumer["id"]?.stringValue ?? "")"
        let parent = JSONValue.object(consumer)
        let uris: JSONValue = ["http://foo.test", "http://bar.test"]
        return [
            TypedEntity(path + "/key-auth", list: "/key-auths", key: "key", changes: ["key": "my-new-key"]) {
                ["key": "my-key\($0)", "consumer": parent]
            },
            TypedEntity(
                path + "/basic-auth", list: "/basic-auths", key: "username", refused: [[:]],
                changes: ["username": "my-new-username"]
            ) { ["username": "my-username\($0)", "password": "my-password", "consumer": parent] },
            TypedEntity(
                path + "/hmac-auth", list: "/hmac-auths", key: "username", refused: [[:]],
                changes: ["username": "my-new-username", "secret": "my-new-secret"]
            ) { ["username": "my-username\($0)", "secret": "my-secret", "consumer": parent] },
            TypedEntity(
                path + "/jwt", list: "/jwts", key: "key", changes: ["key": "my-new-key", "secret": "my-new-secret"]
            ) { ["key": "my-key\($0)", "secret": "my-secret", "consumer": parent] },
            TypedEntity(
                path + "/acls", list: "/acls", key: "group", refused: [[:]], changes: ["group": "my-new-group"]
            ) { ["group": "my-group\($0)", "consumer": parent] },
            TypedEntity(
                path + "/oauth2", list: "/oauth2", key: "client_id", refused: [[:]], changes: ["name": "my-new-name"]
            ) { ["client_id": "my-client\($0)", "name": "my-name", "redirect_uris": uris, "consumer": parent] },
        ]
    }

    private static func jwk(kid: String) -> String {
        #"""
        {"kty":"EC","crv":"P-256","kid":"\#(kid)","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
        """#
    }

    /// A new certificate that serves as a server's and as a CA's.
    private static func makeCertificate(_ number: Int, in folder: String) throws -> (cert: JSONValue, key: JSONValue) {
        let (cert, key) = ("\(folder)/typed-\(number).pem", "\(folder)/typed-\(number).key")
        let made = try Command.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                key, "-out", cert, "-days", "30", "-subj", "/CN=typed-\(number).test", "-addext",
                "basicConstraints=critical,CA:TRUE",
            ], environment: ProcessInfo.processInfo.environment, directory: folder, timeout: 30)
        guard made.status == 0 else { throw HarnessError(made.text) }
        return (.string(File.text(cert)), .string(File.text(key)))
    }
}
