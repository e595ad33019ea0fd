import Synchronization

/// The server's sides of connections that were given up because no answer came. The server may know nothing of it,
/// and one that is inside a transaction holds locks that every node needs.
final class PostgresOrphans: Sendable {
    private let processes = Mutex<Set<Int>>([])

    func add(_ process: Int) { processes.withLock { _ = $0.insert(process) } }

    /// Ends them.
    /// - Parameter olderThanMilliseconds: a younger transaction is somebody else's who got the same process number.
    func end(_ connection: PostgresConnection, olderThanMilliseconds: Int) throws(PostgresError) {
        let known = processes.withLock { $0 }
        if known.isEmpty { return }
        try connection.query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid = ANY ($1::integer[]) AND usename = current_user
              AND xact_start < clock_timestamp() - $2::integer * interval '1 millisecond'
            """, [PostgresTable.arrayLiteral(known.map(String.init)), String(olderThanMilliseconds)])
        processes.withLock { $0.subtract(known) }
    }
}
