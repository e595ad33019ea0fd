import Foundation

/// A private Postgres cluster on loopback, ended and removed with the test process, whatever way that goes.
public final class PostgresServer: Sendable {
    public let folder: String
    public let port: Int
    private let configuration: [String: String]
    private let reaper: Reaper

    /// The newest one that Debian's packages left.
    static let binaries: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []  // none is installed
        return versions.compactMap { Int($0) }.sorted().map { "\(root)/\($0)/bin/" }.last {
            FileManager.default.isExecutableFile(atPath: $0 + "initdb")
        }
    }()

    public static var isInstalled: Bool { binaries != nil }

    /// A running server.
    /// - Parameters:
    ///   - configuration: of postgresql.conf, over the harness's own; `%` stands for the folder.
    ///   - prepare: puts files into the folder before the server starts.
    public init(
        _ configuration: [String: String] = [:], prepare: (PostgresServer) throws -> Void = { _ in }
    ) throws {
        folder = "/tmp/kong-postgres-\(UUID().uuidString.prefix(8).lowercased())"
        port = try Ports.free()
        self.configuration = configuration
        try FileManager.default.createDirectory(atPath: folder + "/prefix/pids", withIntermediateDirectories: true)
        reaper = try Reaper(folder: folder)
        try own(folder)
        try run("initdb", ["-D", data, "-A", "trust", "-U", "kong", "-E", "UTF8", "--no-locale", "--no-sync"])
        try prepare(self)
        try start()
    }

    /// A standby that follows `primary` by streaming.
    public init(standbyOf primary: PostgresServer) throws {
        folder = "/tmp/kong-postgres-\(UUID().uuidString.prefix(8).lowercased())"
        port = try Ports.free()
        configuration = primary.configuration
        try FileManager.default.createDirectory(atPath: folder + "/prefix/pids", withIntermediateDirectories: true)
        reaper = try Reaper(folder: folder)
        try own(folder)
        try run(
            "pg_basebackup",
            [
                "-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync", "-h", "127.0.0.1", "-p",
                "\(primary.port)", "-U", "kong",
            ])
        try start()
    }

    deinit { remove() }

    var data: String { folder + "/data" }

    public func start() throws {
        var values = [
            "port": "\(port)", "listen_addresses": "127.0.0.1", "unix_socket_directories": folder,
            // A crashed machine is not what is tested: processes are.
            "fsync": "off", "deadlock_timeout": "200ms", "max_wal_senders": "4",
        ]
        values.merge(configuration.mapValues { $0.replacingOccurrences(of: "%", with: folder) }) { $1 }
        let options = values.sorted { $0.key < $1.key }.map { "-c \($0.key)=\($0.value)" }.joined(separator: " ")
        // After a kill the last backends have to go first.
        try eventually("Postgres starts: \(File.text(folder + "/log").suffix(500))", within: 90) {
            (try? run("pg_ctl", ["-D", data, "-l", folder + "/log", "-w", "-t", "60", "-o", options, "start"])) != nil
        }
        _ = File.write("\(pid ?? 0)\n", to: folder + "/prefix/pids/postgres.pid")
    }

    /// - Parameter mode: pg_ctl's: smart, fast or immediate (which leaves recovery to the next start).
    public func stop(_ mode: String = "immediate") throws {
        try run("pg_ctl", ["-D", data, "-w", "-m", mode, "stop"])
    }

    /// SIGKILL to the whole server.
    public func kill() throws {
        guard let pid else { throw HarnessError("Postgres does not run") }
        let children = Processes.children(of: pid)
        for process in [pid] + children { Glibc.kill(process, SIGKILL) }
        try eventually("Postgres is dead") { !([pid] + children).contains(where: Processes.isAlive) }
    }

    public func remove() {
        if pid != nil { try? stop() }  // the reaper ends what does not stop
        reaper.finish()
    }

    /// Gives a file or folder to the user that the server runs as.
    public func own(_ path: String) throws {
        if getuid() == 0 { try Self.check(["chown", "-R", "postgres", path]) }
    }

    private var pid: pid_t? {
        File.text(data + "/postmaster.pid").split(separator: "\n").first.flatMap { pid_t($0) }
    }

    private func run(_ tool: String, _ arguments: [String]) throws {
        guard let binaries = Self.binaries else { throw HarnessError("Postgres is not installed") }
        let command = ([binaries + tool] + arguments).map { "'\($0)'" }.joined(separator: " ")
        if getuid() == 0 {
            try Self.check(["su", "postgres", "-s", "/bin/sh", "-c", "cd / && " + command])
        } else {
            try Self.check(["/bin/sh", "-c", command])
        }
    }

    static func check(_ command: [String]) throws {
        let done = try Command.run(command, timeout: 60)
        guard done.status == 0 else { throw HarnessError("\(command.joined(separator: " ")): \(done.text)") }
    }
}

// Databases and what is in them.
extension PostgresServer {
    /// An empty database of its own; its name.
    public func makeDatabase() throws -> String {
        let name = "kong_" + UUID().uuidString.filter { $0 != "-" }.lowercased()
        try query("CREATE DATABASE \(name)", in: "postgres")
        return name
    }

    /// Runs statements with psql. Rows come as lines, columns apart by `|`.
    @discardableResult
    public func query(_ sql: String, in database: String) throws -> [String] {
        try psql(["-c", sql], in: database)
    }

    /// Runs a file of statements in one transaction.
    public func load(_ file: String, into database: String) throws {
        try psql(["-1", "-f", file], in: database)
    }

    @discardableResult
    private func psql(_ arguments: [String], in database: String) throws -> [String] {
        guard let binaries = Self.binaries else { throw HarnessError("Postgres is not installed") }
        let done = try Command.run(
            [
                binaries + "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", folder, "-p", "\(port)",
                "-U", "kong", "-d", database,
            ] + arguments, timeout: 60)
        guard done.status == 0 else { throw HarnessError("psql \(arguments): \(done.text)") }
        return done.output.split(separator: "\n").map(String.init)
    }

    /// What kong.conf says to use a database of this server.
    /// - Parameter port: of a link before the server.
    public func settings(_ database: String, port: Int? = nil) -> [String: String] {
        [
            "database": "postgres", "pg_host": "127.0.0.1", "pg_port": "\(port ?? self.port)", "pg_user": "kong",
            "pg_database": database, "db_update_frequency": "1",
        ]
    }
}
