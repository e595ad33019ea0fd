import KongCore
import Synchronization

/// What is known of the database behind the server, once it has been looked at.
final class PostgresDatabase: Sendable {
    struct Found: Sendable {
        var tables: PostgresTables
        /// The id of the workspace `default`.
        var workspace: String
        var origin: ConfigurationOrigin
        var events: ClusterEvents
    }

    private let settings: PostgresSettings
    private let wanted: Layout
    private let report: @Sendable (StoreEvent) -> Void
    private let state = Mutex<Found?>(nil)

    init(_ settings: PostgresSettings, _ layout: Layout, report: @escaping @Sendable (StoreEvent) -> Void) {
        self.settings = settings
        wanted = layout
        self.report = report
    }

    var found: Found? { state.withLock { $0 } }
    var layout: Layout { found?.tables.layout ?? wanted }

    /// Looks at the database behind a new connection; it may have been migrated, or be another one, since the last.
    /// - Throws: what has to be done before it can be used.
    func check(_ connection: PostgresConnection) throws(PostgresError) {
        let state = try PostgresMigrations(settings).state(connection)
        if state.needsBootstrap { throw .layout(PostgresMigrations.needsBootstrapText) }
        if !state.new.isEmpty {
            throw .layout("\(state.newText): \(state.upgradeText)")
        }
        let tables = try PostgresTables(wanted, connection)
        try PostgresMigrations.prepareChangeLog(connection, tables.layout)
        let rows = try connection.query(
            """
            SELECT (SELECT id::text FROM workspaces WHERE name = 'default'),
              (SELECT value FROM parameters WHERE key = 'cluster_id')
            """)
        guard let row = rows.first, row.count == 2, let workspace = row[0] else {
            throw .layout("the database has no workspace named default: restore a backup")
        }
        let origin = ConfigurationOrigin(address: settings.address, identity: row[1] ?? workspace)
        let before = found?.origin.identity
        self.state.withLock {
            $0 = Found(
                tables: tables, workspace: workspace, origin: origin,
                events: ClusterEvents(nodeID: settings.nodeID, propagationSeconds: settings.propagationSeconds))
        }
        if let before, before != origin.identity {
            report(.odd("\(settings.place) is another database now: cluster \(origin.identity), was \(before)"))
        }
    }
}
