import Foundation
import KongCore
import KongTesting
import Testing

/// Secrets by reference: resolved in workers, shown by nobody.
@Suite("vaults")
struct VaultTests {
    private static func certificate(_ name: String) throws -> (cert: String, key: String) {
        let folder = FileManager.default.temporaryDirectory.path + "/kong-vault-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = try Command.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2", "-subj", "/CN=\(name)", "-keyout", "key.pem", "-out", "cert.pem",
            ], directory: folder, timeout: 20)
        guard made.status == 0 else { throw HarnessError(made.text) }
        func read(_ file: String) throws -> String { try String(contentsOfFile: folder + "/" + file, encoding: .utf8) }
        return (try read("cert.pem"), try read("key.pem"))
    }

    /// The common name of the certificate that a handshake for this name gets.
    private static func served(_ name: String, port: Int) throws -> String {
        let result = try Command.run(
            ["openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-servername", name], directory: "/", timeout: 20)
        let subject = result.text.split(separator: "\n").first { $0.contains("subject=") } ?? ""
        return subject.split(separator: "CN").last.map { $0.trimmingCharacters(in: ["=", " "]) } ?? ""
    }

    @Test("a certificate by reference: the env vault, a vault entity, its change, and a value that is not there")
    func certificates() throws {
        let one = try Self.certificate("one.test")
        let two = try Self.certificate("two.test")
        let port = try Ports.free()
        let gateway = try Gateway(settings: ["proxy_listen": "127.0.0.1:\(port) ssl"])
        defer { gateway.discard() }
        try gateway.start(extra: [
            "ONE_CERT": one.cert, "ONE_KEY": one.key, "TWO_CERT": two.cert, "TWO_KEY": two.key,
            "PAIR": String(decoding: JSONValue.object(["cert": .string(two.cert)]).serialized(), as: UTF8.self),
        ])
        func create(_ sni: String, _ cert: String, _ key: String) throws -> JSONValue {
            try gateway.create("/certificates", ["cert": .string(cert), "key": .string(key), "snis": [.string(sni)]])
        }
        let made = try create("env.test", "{vault://env/one-cert}", "{vault://env/one-key}")
        #expect(made["key"] == "{vault://env/one-key}")
        #expect(try Self.served("env.test", port: port) == "one.test")
        _ = try create("json.test", "{vault://env/pair/cert}", "{vault://env/two-key}")
        #expect(try Self.served("json.test", port: port) == "two.test")

        _ = try gateway.create("/vaults", ["prefix": "team", "name": "env", "config": ["prefix": "one_"]])
        _ = try create("entity.test", "{vault://team/cert}", "{vault://team/key}")
        #expect(try Self.served("entity.test", port: port) == "one.test")
        try gateway.configure("PATCH", "/vaults/team", ["config": ["prefix": "two_"]])
        #expect(try Self.served("entity.test", port: port) == "two.test")

        _ = try create("absent.test", "{vault://env/nothing}", "{vault://env/nothing}")
        #expect(try Self.served("absent.test", port: port) == "localhost")

        let list = try gateway.admin("GET", "/certificates")
        let log = try String(contentsOfFile: gateway.errorLog, encoding: .utf8)
        #expect(log.contains("could not get value of {vault://env/nothing}"))
        let secret = one.key.split(separator: "\n")[1]
        for text in [String(decoding: list.body, as: UTF8.self), log] { #expect(!text.contains(secret)) }
        try gateway.verify(allowing: ["could not get value of"])
    }

    @Test("a setting by reference, and what `kong vault get` prints")
    func settings() throws {
        let gateway = try Gateway(settings: ["log_level": "{vault://env/level}"])
        defer { gateway.discard() }
        let refused = try gateway.kong(["start"])
        #expect(refused.status == 1)
        #expect(
            refused.text.contains(
                "failed to dereference '{vault://env/level}': unable to load value (level) from vault (env): value not "
                    + "found for config option 'log_level'"))
        try gateway.start(extra: ["LEVEL": "info"])
        let found = try gateway.kong(["vault", "get", "env/level"], extra: ["LEVEL": "info"])
        #expect(found.status == 0 && found.text == "info")
        let recorded = try String(contentsOfFile: gateway.prefix + "/.kong_env", encoding: .utf8)
        #expect(recorded.contains("{vault://env/level}"))
        try gateway.verify()
    }
}
