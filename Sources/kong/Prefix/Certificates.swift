import Foundation
import KongCore

/// The TLS files of a prefix: default certificates, certificates given as text, DH parameters.
struct Certificates {
    let settings: Settings

    struct Pair: Sendable, Equatable {
        var certificate: String
        var key: String
    }

    private var folder: String { settings.prefix + "/ssl" }

    func prepare() throws {
        for (prefix, stem) in [
            ("proxy", "kong-default"), ("admin", "admin-kong-default"), ("status", "status-kong-default"),
        ] {
            guard settings.listeners["\(prefix)_listen"]?.contains(where: \.isTLS) == true else { continue }
            let given = prefix == "proxy" ? "ssl_cert" : "\(prefix)_ssl_cert"
            guard settings.list(given).isEmpty else { continue }
            for pair in defaults(stem) { try generate(pair) }
        }
        if let group = settings.string("ssl_dhparam"), group.hasPrefix("ffdhe") { try writeGroup(group) }
    }

    /// RSA first, as Kong orders them.
    func defaults(_ stem: String) -> [Pair] {
        ["", "-ecdsa"].map { Pair(certificate: "\(folder)/\(stem)\($0).crt", key: "\(folder)/\(stem)\($0).key") }
    }

    /// What a listener serves: the given pairs as files, else the defaults.
    func pairs(_ listen: String) throws -> [Pair] {
        let prefix = listen == "proxy" ? "" : "\(listen)_"
        let certificates = settings.list("\(prefix)ssl_cert")
        guard !certificates.isEmpty else {
            return defaults(listen == "proxy" ? "kong-default" : "\(listen)-kong-default")
        }
        var pairs: [Pair] = []
        for (index, items) in zip(certificates, settings.list("\(prefix)ssl_cert_key")).enumerated() {
            let stem = "\(folder)/\(listen)-given-\(index + 1)"
            pairs.append(
                Pair(
                    certificate: try asFile(items.0, "\(stem).crt", mode: 0o644),
                    key: try asFile(items.1, "\(stem).key", mode: 0o600)))
        }
        return pairs
    }

    /// nginx wants a path; text and base64 become a file of the prefix.
    private func asFile(_ item: String, _ path: String, mode: mode_t) throws -> String {
        if PEMText.isPath(item) { return Path.absolute(item, in: FileManager.default.currentDirectoryPath) }
        guard let text = PEMText.read(item) else { throw CommandError("no certificate or key in \(item)") }
        try Files.write(text, to: path, mode: mode)
        return path
    }

    private func generate(_ pair: Pair) throws {
        if Files.exists(pair.certificate), Files.exists(pair.key) { return }
        Console.verbose("generating \(pair.certificate)")
        let isEC = pair.certificate.hasSuffix("-ecdsa.crt")
        let key = isEC ? ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"] : ["rsa:2048"]
        // Private from its first byte: openssl creates the key with the process's umask.
        let mask = umask(0o077)
        defer { umask(mask) }
        try OpenSSL.run(
            ["req", "-x509", "-nodes", "-days", "7300", "-subj", "/CN=localhost", "-newkey"] + key
                + ["-keyout", pair.key, "-out", pair.certificate])
        chmod(pair.certificate, 0o644)
        chmod(pair.key, 0o600)
    }

    private func writeGroup(_ group: String) throws {
        let path = "\(folder)/\(group).pem"
        if Files.exists(path) { return }
        guard group.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            throw CommandError("ssl_dhparam: '\(group)' is not the name of a group")
        }
        try OpenSSL.run(["genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:\(group)", "-out", path])
    }
}

/// The openssl command, which Debian installs with the library.
enum OpenSSL {
    static func run(_ arguments: [String]) throws {
        guard let path = Command.find("openssl", extra: ["/usr/bin"]) else {
            throw CommandError("openssl was not found, it makes the default certificates: apt-get install openssl")
        }
        let result = try Command.run(path, arguments)
        guard result.status == 0 else {
            throw CommandError("openssl \(arguments[0]) failed: \(result.output.split(separator: "\n").last ?? "")")
        }
    }
}
