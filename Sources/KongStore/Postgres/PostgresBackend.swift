import Foundation
import KongCore
import Synchronization

/// A database shared by several nodes, in Kong 3.9's layout.
public final class PostgresBackend: Backend, @unchecked Sendable {  // `source`, `replica`: the writer's thread
    public let acceptsWrites = true
    private let settings: PostgresSettings
    private let database: PostgresDatabase
    private let monitor: PostgresMonitor
    private let orphans = PostgresOrphans()
    private let turns: PostgresTurns
    private let readers: PostgresReaders
    private var source: PostgresSource
    private var replica: PostgresReplica?

    /// Connects to a database that is up to date (`kong migrations bootstrap` makes one).
    ///
    /// - Parameters:
    ///   - replica: how to reach a copy of the database, if there is one.
    ///   - waits: whether a server that is not reachable is waited for, in the background: until it is there every
    ///     read and write is refused.
    ///   - report: told what an operator should know.
    /// - Throws: `PostgresError`, which says what to do.
    public init(
        _ settings: PostgresSettings, replica: PostgresSettings? = nil, layout: Layout = Layout(), waits: Bool = false,
        report: @escaping @Sendable (StoreEvent) -> Void = { _ in }
    ) throws(PostgresError) {
        let database = PostgresDatabase(settings, layout, report: report)
        let monitor = PostgresMonitor(settings, report: report) { [orphans] connection throws(PostgresError) in
            try database.check(connection)
            try orphans.end(connection, olderThanMilliseconds: settings.timeoutMilliseconds / 2)
        }
        self.settings = settings
        self.database = database
        self.monitor = monitor
        turns = PostgresTurns(settings)
        // A reader's threads start when the server has been found good or is waited for.
        do { try database.check(PostgresConnection(settings)) } catch {
            guard waits, error.isConnectionLoss else { throw error }
            monitor.suspect(error)
        }
        readers = PostgresReaders(settings, monitor, turns)
        var writing = settings
        writing.isForWriting = true
        source = PostgresSource(writing, monitor)
        self.replica = replica.map { PostgresReplica($0, report: report) }
    }

    public var layout: Layout { database.layout }
    public var workspace: String { database.found?.workspace ?? "" }
    public var origin: ConfigurationOrigin? { database.found?.origin }
    public var address: String? { settings.address }

    public func read<T: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> T) async throws -> T {
        let found = try usable()
        return try await readers.run { connection in
            let session = PostgresSession(connection, found)
            try session.begin(consistent: true)
            defer { session.rollback() }
            return try body(session)
        }
    }

    public func readCopy(_ body: (any ReadSession) throws -> Void) throws -> Bool {
        guard let found = database.found else { return false }
        return try replica?.read(found, body) ?? false
    }

    public func write(_ body: (any WriteSession) throws -> Void) throws {
        let found = try usable()
        try turns.take {
            let connection = try source.connection()
            monitor.writes(by: connection.serverProcess)
            let session = PostgresSession(connection, found)
            session.settle = { [self] ticket, started, error throws(PostgresError) in
                try settle(ticket, started, error)
            }
            defer { if connection.isBroken { source.drop() } }
            do { try body(session) } catch let error as PostgresError where error.isConnectionLoss {
                if case .timeout = error {
                    orphans.add(connection.serverProcess)
                    monitor.suspect(error)
                    throw error
                }
                throw session.hasAskedForCommit ? error : PostgresError.interrupted(error.description)
            }
        }
    }

    private func usable() throws(PostgresError) -> PostgresDatabase.Found {
        try monitor.refuseWhileAway()
        guard let found = database.found else {
            throw .connection("Postgres at \(settings.place) has not been reached yet")
        }
        return found
    }

    /// Returns if a transaction was kept whose COMMIT met `error`.
    private func settle(
        _ ticket: PostgresTicket, _ started: ContinuousClock.Instant, _ error: PostgresError
    ) throws(PostgresError) {
        if case .timeout = error {
            orphans.add(ticket.process)
            monitor.suspect(error)
        }
        let outcome = PostgresOutcome(
            settings: settings, ticket: ticket, deadline: started + .milliseconds(settings.timeoutMilliseconds))
        let isKept: Bool
        do {
            isKept = try outcome.find()
        } catch {
            throw .unknownOutcome(
                "Postgres at \(settings.place) went away while it was to keep this change: whether it did is not"
                    + " known, so read it before trying again")
        }
        if !isKept { throw .interrupted(error.description) }
    }

    public func dataError(_ error: any Error) -> DataError {
        (error as? PostgresError)?.dataError ?? .unavailable("\(error)")
    }

    public func outlook(_ error: any Error) -> Outlook { (error as? PostgresError)?.outlook ?? .failed }

    public func observe(_ changed: @escaping @Sendable () -> Void) { monitor.observe(changed) }

    /// An hour of changes is kept: who was away for longer reads everything again.
    public func prune() throws {
        _ = try usable()
        try source.connection().query(
            """
            WITH old AS (DELETE FROM kong_change_log WHERE at < now() - interval '1 hour' RETURNING version)
            UPDATE kong_change_version SET forgotten = GREATEST(forgotten, (SELECT max(version) FROM old))
            WHERE EXISTS (SELECT FROM old)
            """)
    }

    public func close() {
        monitor.stop()
        readers.stop()
    }
}
