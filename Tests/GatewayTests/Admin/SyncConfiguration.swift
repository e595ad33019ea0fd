import Foundation
import KongCore
import KongTesting

/// A configuration as a team keeps it in a file: an entity of every kind, tagged, with ids made by the client.
struct SyncConfiguration {
    private static let jwk = #"""
        {"kty":"EC","crv":"P-256","kid":"k1","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
        """#

    /// What may only be written after the group before it.
    var groups: [[SyncEntity]]
    var all: [SyncEntity] { groups.flatMap(\.self) }

    static func id(_ number: Int) -> String {
        "5f1c0000-0000-4000-8000-" + String(repeating: "0", count: 12 - String(number).count) + String(number)
    }

    static func reference(_ number: Int) -> JSONValue { ["id": .string(id(number))] }

    /// - Parameters:
    ///   - available: plugins that this gateway has.
    ///   - certificate: a CA's certificate that also serves as a server's, and its key.
    init(available: Set<String>, certificate: (certificate: String, key: String)) {
        let cert = JSONValue.string(certificate.certificate), key = JSONValue.string(certificate.key)
        func entity(
            _ collection: String, _ number: Int, _ fields: JSONObject, path: String? = nil, schema: String? = nil
        ) -> SyncEntity {
            var fields = fields
            fields["id"] = .string(Self.id(number))
            fields["tags"] = ["team-a", "managed"]
            return SyncEntity(
                collection: collection, path: path ?? "/\(collection)", schema: schema ?? collection, fields: fields)
        }
        func credential(_ collection: String, _ path: String, _ schema: String, _ number: Int, _ fields: JSONObject)
            -> SyncEntity
        {
            var fields = fields
            fields["consumer"] = Self.reference(30)
            return entity(collection, number, fields, path: "/consumers/\(Self.id(30))/\(path)", schema: schema)
        }
        let first = [
            entity("certificates", 1, ["cert": cert, "key": key]),
            entity("ca_certificates", 2, ["cert": cert]),
            entity("vaults", 3, ["name": "env", "prefix": "team-a", "config": ["prefix": "TEAM_A_"]]),
            entity("key-sets", 4, ["name": "team-a"], schema: "key_sets"),
            entity(
                "upstreams", 5,
                ["name": "orders.internal", "healthchecks": ["active": ["healthy": ["interval": 5]]], "slots": 1000]),
            entity("consumers", 30, ["username": "ann", "custom_id": "4711"]),
            entity("consumers", 31, ["username": "bob @ team ü"]),
        ]
        let second = [
            entity("snis", 10, ["name": "team-a.test", "certificate": Self.reference(1)]),
            entity("snis", 11, ["name": "*.team-a.test", "certificate": Self.reference(1)]),
            entity(
                "services", 12,
                [
                    "name": "orders", "protocol": "https", "host": "orders.internal", "port": 443, "path": "/v1",
                    "retries": 2, "client_certificate": Self.reference(1), "ca_certificates": [.string(Self.id(2))],
                    "tls_verify": true,
                ]),
            entity("services", 13, ["name": "plain", "host": "plain.test"]),
            entity(
                "targets", 14, ["target": "10.0.0.1:8443", "weight": 10, "upstream": Self.reference(5)],
                path: "/upstreams/\(Self.id(5))/targets"),
            entity(
                "targets", 15, ["target": "10.0.0.2:8443", "upstream": Self.reference(5)],
                path: "/upstreams/\(Self.id(5))/targets"),
            entity(
                "keys", 16,
                [
                    "name": "signing", "kid": "k1", "set": Self.reference(4),
                    "jwk": .string(Self.jwk),
                ]),
            credential("key-auths", "key-auth", "keyauth_credentials", 32, ["key": "ann's key"]),
            credential("basic-auths", "basic-auth", "basicauth_credentials", 33, ["username": "ann", "password": "p"]),
            credential("hmac-auths", "hmac-auth", "hmacauth_credentials", 34, ["username": "ann", "secret": "s"]),
            credential("jwts", "jwt", "jwt_secrets", 35, ["key": "ann", "secret": "s", "algorithm": "HS384"]),
            credential(
                "oauth2", "oauth2", "oauth2_credentials", 36,
                ["name": "app", "client_id": "i", "client_secret": "s", "redirect_uris": ["https://a.test/back"]]),
            credential("acls", "acls", "acls", 37, ["group": "gold"]),
            credential("acls", "acls", "acls", 38, ["group": "silver"]),
        ]
        let third = [
            entity(
                "routes", 20,
                [
                    "name": "orders", "service": Self.reference(12), "paths": ["/orders", "~/o/(?<id>\\d+)$"],
                    "methods": ["GET", "POST"], "headers": ["x-team": ["a", "b"]], "strip_path": false,
                    "hosts": ["team-a.test", "*.team-a.test"], "protocols": ["https"],
                ]),
            entity("routes", 21, ["name": "plain", "service": Self.reference(13), "paths": ["/plain"]]),
        ]
        let plugins: [(String, JSONObject)] = [
            ("key-auth", ["route": Self.reference(20), "config": ["key_names": ["x-key"]]]),
            ("acl", ["service": Self.reference(12), "config": ["allow": ["gold"]]]),
            ("cors", ["config": ["origins": ["https://a.test"]]]),
            ("rate-limiting", ["consumer": Self.reference(30), "config": ["minute": 10, "policy": "local"]]),
            ("request-transformer", ["route": Self.reference(21), "config": ["add": ["headers": ["x-a:1"]]]]),
            ("prometheus", ["config": [:]]),
            ("ip-restriction", ["consumer": Self.reference(30), "config": ["deny": ["10.0.0.0/8"]]]),
            ("correlation-id", ["route": Self.reference(21), "config": ["generator": "uuid"]]),
            ("bot-detection", ["service": Self.reference(13), "enabled": false]),
        ]
        let fourth = plugins.enumerated().filter { available.contains($0.element.0) }.map { index, plugin in
            entity("plugins", 40 + index, plugin.1.merging(["name": .string(plugin.0)]) { $1 })
        }
        groups = [first, second, third, fourth]
    }
}
