import Foundation
import KongCore

@testable import KongStore

/// A private Postgres cluster for the tests: made once, on loopback, removed at exit.
final class PostgresServer: @unchecked Sendable {  // started once, before anybody uses it
    static let shared: PostgresServer? = try? makeShared()

    let folder: String
    let port: Int
    private let tls: Bool
    var certificate: String { folder + "/server.crt" }
    private static let binaries = "/usr/lib/postgresql/15/bin/"

    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: binaries + "initdb") }

    /// - Parameter tls: whether to speak TLS too, with a certificate for 127.0.0.1 that is its own authority.
    init(tls: Bool = false) throws {
        self.tls = tls
        folder = "/tmp/kong-postgres-" + RandomText.uuid()
        port = 22_000 + Int.random(in: 0..<900)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if getuid() == 0 { try Self.run("/bin/chown", ["postgres", folder]) }
        try runAsPostgres("initdb", ["-D", folder + "/data", "-A", "trust", "-U", "kong", "--no-sync"])
        if tls {
            try Self.run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder + "/server.key", "-out",
                    certificate,
                    "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                ])
            try Self.run("/bin/chmod", ["600", folder + "/server.key"])
            if getuid() == 0 { try Self.run("/bin/chown", ["postgres", folder + "/server.key"]) }
        }
        try start()
    }

    private static func makeShared() throws -> PostgresServer {
        let server = try PostgresServer()
        atexit { PostgresServer.shared?.remove() }
        return server
    }

    func start() throws {
        let options =
            "-c port=\(port) -c listen_addresses=127.0.0.1 -c unix_socket_directories=\(folder)"
            + " -c deadlock_timeout=200ms"
            + (tls ? " -c ssl=on -c ssl_cert_file=\(certificate) -c ssl_key_file=\(folder)/server.key" : "")
        try runAsPostgres("pg_ctl", ["-D", folder + "/data", "-l", folder + "/log", "-w", "-o", options, "start"])
    }

    func stop(_ mode: String = "immediate") throws {
        try runAsPostgres("pg_ctl", ["-D", folder + "/data", "-w", "-m", mode, "stop"])
    }

    func remove() {
        try? stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Settings for an empty database of its own.
    func freshDatabase() throws -> PostgresSettings {
        var settings = PostgresSettings()
        settings.port = port
        settings.database = "postgres"
        settings.timeoutMilliseconds = 20_000
        let name = "kong_" + RandomText.uuid().filter { $0 != "-" }
        let connection = try PostgresConnection(settings)
        try connection.query("CREATE DATABASE \(name)")
        settings.database = name
        settings.pollSeconds = 1
        settings.nodeID = RandomText.uuid()
        return settings
    }

    private func runAsPostgres(_ tool: String, _ arguments: [String]) throws {
        let command = ([Self.binaries + tool] + arguments).map { "'\($0)'" }.joined(separator: " ")
        if getuid() == 0 {
            try Self.run("/bin/su", ["postgres", "-s", "/bin/sh", "-c", command])
        } else {
            try Self.run("/bin/sh", ["-c", command])
        }
    }

    /// Not Foundation's Process: it waits for a socket that the daemon inherits.
    private static func run(_ path: String, _ arguments: [String]) throws {
        struct Failed: Error { var command: String }
        let shell =
            (["exec", path]
            + arguments.map {
                "'"
                    + $0.split(separator: "'", omittingEmptySubsequences: false)
                    .joined(separator: "'\\''") + "'"
            }).joined(separator: " ") + " </dev/null >/dev/null 2>&1"
        var pid = pid_t()
        var words: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/sh"), strdup("-c"), strdup(shell), nil]
        defer { words.forEach { free($0) } }
        guard posix_spawn(&pid, "/bin/sh", nil, nil, &words, environ) == 0 else { throw Failed(command: shell) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        if status != 0 { throw Failed(command: shell) }
    }
}
