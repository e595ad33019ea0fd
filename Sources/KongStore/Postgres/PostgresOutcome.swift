import Foundation

/// What a transaction is known by after its connection is gone.
struct PostgresTicket: Sendable {
    /// The server's number of the transaction.
    var transaction: Int64
    /// The change counter that it took.
    var version: Int64
    /// The server process that ran it.
    var process: Int
}

/// Finds out what became of a transaction whose COMMIT was sent and not answered.
struct PostgresOutcome {
    let settings: PostgresSettings
    let ticket: PostgresTicket
    /// No longer than this may the client wait.
    let deadline: ContinuousClock.Instant

    /// The server's side of the lost connection is given this long to end by itself.
    private static let patience = Duration.milliseconds(200)

    /// - Returns: whether it was kept.
    /// - Throws: when nobody can tell in time.
    func find() throws(PostgresError) -> Bool {
        var own = settings
        own.timeoutMilliseconds = max(1, Int(ContinuousClock.now.duration(to: deadline) / .milliseconds(1)))
        let connection = try PostgresConnection(own)
        // Older servers do not keep the outcome of transactions.
        guard connection.serverVersion() >= 100_000 else { throw .connection("the server cannot tell") }
        let start = ContinuousClock.now
        while ContinuousClock.now < deadline {
            switch try status(connection) {
            case "committed":
                // After a fail-over the number may be another transaction's: ours left its traces.
                return try leftTraces(connection)
            case "aborted": return false
            case "in progress":
                if start.duration(to: .now) > Self.patience { try end(connection) }
                usleep(20_000)
            default: throw .connection("the server does not know the transaction")
            }
        }
        throw .timeout("the transaction did not end in time")
    }

    private func status(_ connection: PostgresConnection) throws(PostgresError) -> String? {
        try connection.value("SELECT txid_status($1::bigint)", [String(ticket.transaction)])
    }

    private func leftTraces(_ connection: PostgresConnection) throws(PostgresError) -> Bool {
        try !connection.query(
            "SELECT FROM kong_change_log WHERE version = $1::bigint LIMIT 1", [String(ticket.version)]
        ).isEmpty
    }

    /// Ends the server's side of the lost connection, which may hold the change counter.
    private func end(_ connection: PostgresConnection) throws(PostgresError) {
        try connection.query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid = $1::integer AND backend_xid::text = ($2::bigint & 4294967295)::text
            """, [String(ticket.process), String(ticket.transaction)])
    }
}
