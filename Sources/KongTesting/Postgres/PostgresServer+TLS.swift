import Foundation

extension PostgresServer {
    /// The authority that signed the server's certificate and the client's.
    public var authority: String { folder + "/ca.crt" }
    /// Of the user kong.
    public var clientCertificate: String { folder + "/client.crt" }
    public var clientKey: String { folder + "/client.key" }

    /// A server that speaks TLS, with a certificate for 127.0.0.1.
    /// - Parameters:
    ///   - access: lines of pg_hba.conf for connections over TCP.
    ///   - configuration: as of any server.
    public static func speakingTLS(
        access: String = "host all all 127.0.0.1/32 trust", _ configuration: [String: String] = [:]
    ) throws -> PostgresServer {
        let tls = [
            "ssl": "on", "ssl_cert_file": "%/server.crt", "ssl_key_file": "%/server.key", "ssl_ca_file": "%/ca.crt",
        ]
        return try PostgresServer(tls.merging(configuration) { $1 }) { server in
            try server.makeCertificates()
            let rules = "local all all trust\n" + access + "\n"
            guard File.write(rules, to: server.data + "/pg_hba.conf") else { throw HarnessError("pg_hba.conf") }
            try server.own(server.data + "/pg_hba.conf")
        }
    }

    private func makeCertificates() throws {
        try openssl([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-days", "2",
            "-subj", "/CN=authority of the tests",
        ])
        for (name, subject, more) in [
            ("server", "/CN=127.0.0.1", "subjectAltName=IP:127.0.0.1"),
            ("client", "/CN=kong", "keyUsage=digitalSignature"),
        ] {
            try openssl([
                "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "\(name).key", "-out", "\(name).csr", "-subj",
                subject,
            ])
            guard File.write(more + "\n", to: "\(folder)/\(name).ext") else { throw HarnessError("write in \(folder)") }
            try openssl([
                "x509", "-req", "-in", "\(name).csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                "2", "-out", "\(name).crt", "-extfile", "\(name).ext",
            ])
            chmod("\(folder)/\(name).key", 0o600)
        }
        try own(folder + "/server.key")
    }

    private func openssl(_ arguments: [String]) throws {
        let done = try Command.run(["openssl"] + arguments, directory: folder)
        guard done.status == 0 else { throw HarnessError("openssl \(arguments): \(done.text)") }
    }
}
