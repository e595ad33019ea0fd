import KongCore

extension EntityStore {
    /// Opens the store that `database` names: `sqlite` (a file in the prefix), `postgres`, or `off` (in memory).
    ///
    /// A Postgres that is not reachable is waited for if the sink holds what it held last: until it is back, every
    /// read and write is refused.
    ///
    /// - Parameters:
    ///   - nodeID: under which changes are published to other nodes.
    ///   - report: told what an operator should know about a shared store.
    /// - Throws: `SQLiteError` or `PostgresError`, whose descriptions say what to do.
    public static func open(
        _ settings: Settings, nodeID: String, context: SchemaContext, sink: (any ChangeSink)?,
        report: @escaping @Sendable (StoreEvent) -> Void = { _ in }
    ) throws -> EntityStore {
        let backend: any Backend
        switch settings.database {
        case "postgres":
            var postgres = try PostgresSettings(settings) ?? PostgresSettings()
            postgres.nodeID = nodeID
            let holdsLast = try sink?.origin()?.address == postgres.address
            backend = try PostgresBackend(
                postgres, replica: PostgresSettings(settings, readOnly: true), waits: holdsLast, report: report)
        case "off": backend = try SQLiteBackend.inMemory()
        default: backend = try SQLiteBackend(path: settings.sqlitePath)
        }
        return EntityStore(backend: backend, context: context, sink: sink)
    }

    /// Stops writing, then lets go of the database.
    public func close() {
        stop()
        backend.close()
    }
}
