import KongCore

extension EntityStore {
    /// Opens the store that `database` names: `sqlite` (a file in the prefix), `postgres`, or `off` (in memory).
    ///
    /// - Parameter nodeID: under which changes are published to other nodes.
    /// - Throws: `SQLiteError` or `PostgresError`, whose descriptions say what to do.
    public static func open(
        _ settings: Settings, nodeID: String, context: SchemaContext, sink: (any ChangeSink)?
    ) throws -> EntityStore {
        let backend: any Backend
        switch settings.database {
        case "postgres":
            var postgres = PostgresSettings(settings) ?? PostgresSettings()
            postgres.nodeID = nodeID
            backend = try PostgresBackend(postgres)
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
