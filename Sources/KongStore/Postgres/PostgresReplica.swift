import Foundation

/// `pg_ro_*`: a copy of the database, which follows it a little behind. Everything is read there when a node reads
/// everything; what the copy lacks is then taken from the database itself. The Admin API never asks it, as in Kong:
/// an answer has to show what was just written.
///
/// Used on the writer's thread only.
struct PostgresReplica {
    private let settings: PostgresSettings
    private let report: @Sendable (StoreEvent) -> Void
    /// After a failure the database itself is asked for a while.
    private var usableFrom = ContinuousClock.now

    private static let pause = Duration.seconds(60)

    init(_ settings: PostgresSettings, report: @escaping @Sendable (StoreEvent) -> Void) {
        self.settings = settings
        self.report = report
    }

    /// Runs `body` over one consistent view of the copy.
    /// - Returns: false when it cannot be used now.
    mutating func read(
        _ database: PostgresDatabase.Found, _ body: (PostgresSession) throws -> Void
    ) throws -> Bool {
        guard usableFrom <= .now else { return false }
        do {
            let connection = try PostgresConnection(settings)
            let session = PostgresSession(connection, database)
            try session.begin(consistent: true)
            defer { session.rollback() }
            let id = try connection.value("SELECT value FROM parameters WHERE key = 'cluster_id'")
            guard id == database.origin.identity else {
                throw PostgresError.refused("\(settings.place) is no replica of this database: check pg_ro_host")
            }
            try body(session)
            return true
        } catch let error as PostgresError {
            usableFrom = .now + Self.pause
            report(.odd("the replica cannot be used, the database itself is: \(error)"))
            return false
        }
    }
}
