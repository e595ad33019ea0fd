import KongCore

/// How to reach a Postgres server; Kong's `pg_*` properties.
public struct PostgresSettings: Sendable {
    /// A path is the directory of a Unix socket.
    public var host = "127.0.0.1"
    public var port = 5432
    public var user = "kong"
    public var password: String?
    public var database = "kong"
    /// nil leaves the connection's own.
    public var schema: String?
    /// For connecting, and for every answer.
    public var timeoutMilliseconds = 5000
    /// A server without TLS is refused then.
    public var tls = false
    /// Whether the server's certificate must be its own: signed by a known authority, for the name in `host`.
    public var tlsVerify = false
    public var certificateAuthorities: String?
    /// Connections for reading.
    public var poolSize = 4
    /// Reads that may wait while every connection is taken; nil for any number.
    public var backlog: Int?
    /// How many may use the server at a time; nil for any number.
    public var concurrencyLimit: Int?
    public var semaphoreTimeoutMilliseconds = 60_000
    /// How long an idle connection is kept; nil for ever.
    public var keepaliveMilliseconds: Int?
    /// The server is to give up what this connection began when the client does.
    var isForWriting = false
    /// How often to look for changes when no notification arrives.
    public var pollSeconds = 5.0
    /// Under which this node's cluster events are published.
    public var nodeID = RandomText.uuid()
    /// `db_update_propagation`: how long after a write other nodes may read from replicas.
    public var propagationSeconds = 0.0

    public init() {}

    /// From `kong.conf`; with `readOnly` the replica's settings, nil when there is none.
    /// - Throws: where a file that they name cannot be read.
    public init?(_ settings: Settings, readOnly: Bool = false) throws(PostgresError) {
        func value(_ name: String) -> String {
            readOnly && settings["pg_ro_" + name] != nil ? "pg_ro_" + name : "pg_" + name
        }
        if readOnly && settings.string("pg_ro_host") == nil { return nil }
        host = settings.string(value("host")) ?? host
        port = settings.integer(value("port")) ?? port
        user = settings.string(value("user")) ?? user
        password = settings.string(value("password"))
        database = settings.string(value("database")) ?? database
        schema = settings.string(value("schema"))
        timeoutMilliseconds = settings.integer(value("timeout")) ?? timeoutMilliseconds
        tls = settings.isOn(value("ssl"))
        tlsVerify = settings.isOn(value("ssl_verify"))
        if tls, tlsVerify { certificateAuthorities = try TrustedAuthorities(settings: settings).file() }
        concurrencyLimit = settings.integer(value("max_concurrent_queries")).flatMap { $0 > 0 ? $0 : nil }
        semaphoreTimeoutMilliseconds = settings.integer(value("semaphore_timeout")) ?? semaphoreTimeoutMilliseconds
        keepaliveMilliseconds = settings.integer(value("keepalive_timeout"))
        poolSize = max(1, min(concurrencyLimit ?? Self.mostReaders, settings.integer(value("pool_size")) ?? poolSize))
        backlog = settings.integer(value("backlog"))
        pollSeconds = settings.number("db_update_frequency") ?? pollSeconds
        propagationSeconds = settings.number("db_update_propagation") ?? 0
    }

    /// Each is a thread.
    private static let mostReaders = 64

    /// The server, as messages name it.
    public var place: String { host.hasPrefix("/") ? "\(host)/.s.PGSQL.\(port)" : "\(host):\(port)" }

    /// The database, so that two of them are told apart.
    public var address: String { "postgres \(place) \(database)" + (schema.map { " \($0)" } ?? "") }

    /// The parameters of a connection, for libpq.
    var parameters: [(String, String)] {
        var list = [
            ("host", host), ("port", String(port)), ("user", user), ("dbname", database),
            ("application_name", "kong"), ("client_encoding", "UTF8"), ("sslmode", mode),
            // A dead peer is noticed by an idle connection too.
            ("keepalives_idle", "30"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
        ]
        if let password { list.append(("password", password)) }
        if tlsVerify {
            list.append(("sslrootcert", certificateAuthorities ?? ""))
        }
        return list
    }

    private var mode: String {
        if !tls { return "disable" }
        if tlsVerify { return "verify-full" }
        // Kong goes on in plain text where the server has no TLS.
        return "require"
    }
}
