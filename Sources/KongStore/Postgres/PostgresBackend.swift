import Foundation
import KongCore

/// A database shared by several nodes, in Kong 3.9's layout.
public final class PostgresBackend: Backend, @unchecked Sendable {  // `source` belongs to the writer's thread
    public let layout: Layout
    public let workspace: String
    public let acceptsWrites = true
    private let settings: PostgresSettings
    private let tables: PostgresTables
    private let events: ClusterEvents
    private let readers: PostgresReaders
    private var source: PostgresSource
    private let followers = Followers()

    /// Connects to a database that is up to date (`kong migrations bootstrap` makes one).
    ///
    /// A replica (`pg_ro_host`) is not used: an answer has to show what was just written.
    /// - Throws: `PostgresError`, which says what to do.
    public init(_ settings: PostgresSettings, layout: Layout = Layout()) throws(PostgresError) {
        self.settings = settings
        let connection = try PostgresConnection(settings)
        let state = try PostgresMigrations(settings).state(connection)
        if state.needsBootstrap { throw .layout(PostgresMigrations.needsBootstrapText) }
        if !state.new.isEmpty {
            throw .layout("New migrations available; run 'kong migrations up' to proceed")
        }
        tables = try PostgresTables(layout, connection)
        self.layout = tables.layout
        try PostgresMigrations.prepareChangeLog(connection, tables.layout)
        guard let id = try connection.query("SELECT id::text FROM workspaces WHERE name = 'default'").first?.first,
            let id
        else { throw .layout("the database has no workspace named default: restore a backup") }
        workspace = id
        events = ClusterEvents(nodeID: settings.nodeID, propagationSeconds: settings.propagationSeconds)
        readers = PostgresReaders(settings)
        source = PostgresSource(settings)
    }

    public func read<T: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> T) async throws -> T {
        try await readers.run { [tables, workspace, events] connection in
            let session = PostgresSession(connection, tables, workspace: workspace, events: events)
            try session.begin(consistent: true)
            defer { session.rollback() }
            return try body(session)
        }
    }

    public func write(_ body: (any WriteSession) throws -> Void) throws {
        let connection = try source.connection()
        try body(PostgresSession(connection, tables, workspace: workspace, events: events))
    }

    public func dataError(_ error: any Error) -> DataError {
        (error as? PostgresError)?.dataError ?? .unavailable("\(error)")
    }

    public func outlook(_ error: any Error) -> Outlook {
        guard let error = error as? PostgresError else { return .failed }
        if error.isConnectionLoss { return .away }
        return error.isConflict ? .retry : .failed
    }

    public func observe(_ changed: @escaping @Sendable () -> Void) {
        followers.start(settings, changed)
    }

    /// An hour of changes is kept: who was away for longer reads everything again.
    public func prune() throws {
        let connection = try source.connection()
        try connection.query(
            """
            WITH old AS (DELETE FROM kong_change_log WHERE at < now() - interval '1 hour' RETURNING version)
            UPDATE kong_change_version SET forgotten = GREATEST(forgotten, (SELECT max(version) FROM old))
            WHERE EXISTS (SELECT FROM old)
            """)
    }

    public func close() {
        followers.stop()
        readers.stop()
    }
}

/// The thread that waits for notifications; a lost connection is made up for by polling.
private final class Followers: @unchecked Sendable {  // `lock` guards `running`
    private let lock = NSLock()
    private var running = false

    func start(_ settings: PostgresSettings, _ changed: @escaping @Sendable () -> Void) {
        let first = lock.withLock {
            defer { running = true }
            return !running
        }
        guard first else { return }
        let thread = Thread { [self] in follow(settings, changed) }
        thread.name = "store follower"
        thread.start()
    }

    func stop() { lock.withLock { running = false } }

    private var isRunning: Bool { lock.withLock { running } }

    private func follow(_ settings: PostgresSettings, _ changed: @Sendable () -> Void) {
        var polled = ContinuousClock.now
        while isRunning {
            do {
                let connection = try PostgresConnection(settings)
                try connection.query("LISTEN kong_changes")
                // What was written before we listened.
                changed()
                while isRunning {
                    let notified = try connection.awaitNotification(milliseconds: 200)
                    let isDue = polled.duration(to: .now) > .seconds(settings.pollSeconds)
                    if notified || isDue {
                        polled = .now
                        changed()
                    }
                    // A server that died silently is found by asking it.
                    if isDue { try connection.query("SELECT 1") }
                }
            } catch {
                // Nothing to say here: the writer and the readers report the same outage to clients.
                for _ in 0..<5 where isRunning { usleep(200_000) }
            }
        }
    }
}
