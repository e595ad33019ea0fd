import KongCore

/// Kong's migrations of a Postgres database; behind `kong migrations …`.
public struct PostgresMigrations: Sendable {
    public typealias Migrations = [(subsystem: String, names: [String])]

    public struct State: Sendable {
        public var needsBootstrap = false
        public var executed: Migrations = []
        /// Their first half ran, their clean-up did not (`kong migrations finish`).
        public var pending: Migrations = []
        /// Known here and not executed there.
        public var new: Migrations = []
        /// Executed there and not known here: of a later release.
        public var unknown: Migrations = []

        /// The release that the database was brought to last: `3.4`; nil when it does not say.
        public var release: String? {
            let last = executed.first { $0.subsystem == "core" }?.names.last
            // `020_330_to_340` leads to 3.4.0.
            guard let digits = last?.split(separator: "_").last, digits.count >= 3, digits.allSatisfy(\.isNumber) else {
                return nil
            }
            return "\(digits.prefix(1)).\(digits.dropFirst().dropLast())"
        }

        /// Why the database cannot be used yet, and what to do.
        public var newText: String {
            "New migrations available; run 'kong migrations up' to proceed"
        }

        /// Only Kong itself can bring a database of an older release to 3.9.
        public var upgradeText: String {
            let from = release.map { "Kong \($0)'s" } ?? "of an older Kong"
            let missing = new.map { "\($0.subsystem) \($0.names.joined(separator: ", "))" }.joined(separator: "; ")
            return
                "the database is \(from) (missing: \(missing)): run 'kong migrations up' and 'kong migrations finish'"
                + " of a Kong 3.9 on it first"
        }

        public var isUpToDate: Bool { !needsBootstrap && pending.isEmpty && new.isEmpty }
    }

    public static let needsBootstrapText = "Database needs bootstrapping or is older than Kong 1.0."

    /// Two nodes that migrate at once wait for one another.
    private static let lock = 0x4B6F_6E67

    /// Of Kong's own nodes, in the table `locks`.
    private static let kongLock = "migrations"

    private let settings: PostgresSettings
    /// How long another node's migrations are waited for.
    private let lockSeconds: Int

    public init(_ settings: PostgresSettings, lockSeconds: Int = 60) {
        self.settings = settings
        self.lockSeconds = lockSeconds
    }

    public func state() throws(PostgresError) -> State {
        try state(PostgresConnection(settings))
    }

    func state(_ connection: PostgresConnection) throws(PostgresError) -> State {
        var state = State()
        guard try connection.value("SELECT to_regclass('schema_meta')") != nil else {
            state.needsBootstrap = true
            return state
        }
        let rows = try connection.query(
            """
            SELECT subsystem, array_to_json(executed)::text, array_to_json(pending)::text FROM schema_meta
            WHERE key = 'schema_meta' ORDER BY subsystem
            """)
        if rows.isEmpty { state.needsBootstrap = true }
        var known: [String: Set<String>] = [:]
        for row in rows {
            guard row.count == 3, let subsystem = row[0] else { continue }
            let executed = Self.names(row[1]), pending = Self.names(row[2])
            if !executed.isEmpty { state.executed.append((subsystem, executed)) }
            if !pending.isEmpty { state.pending.append((subsystem, pending)) }
            known[subsystem] = Set(executed + pending)
            let ours = PostgresLayout.migrations.first { $0.subsystem == subsystem }?.names ?? []
            let unknown = (executed + pending).filter { !ours.contains($0) }
            if !unknown.isEmpty { state.unknown.append((subsystem, unknown)) }
        }
        for (subsystem, names) in PostgresLayout.migrations where !rows.isEmpty {
            let missing = names.filter { known[subsystem]?.contains($0) != true }
            if !missing.isEmpty { state.new.append((subsystem, missing)) }
        }
        return state
    }

    /// Makes an empty database Kong's. Returns the migrations that it now holds, nil if it already was.
    @discardableResult
    public func bootstrap() throws(PostgresError) -> Migrations? {
        try locked { connection throws(PostgresError) in
            guard try state(connection).needsBootstrap else { return nil }
            if let schema = settings.schema {
                try connection.query("CREATE SCHEMA IF NOT EXISTS \(schema.replacing("\"", with: "\"\"").quoted)")
            }
            for statements in PostgresLayout.statements { try connection.script(statements) }
            for (subsystem, names) in PostgresLayout.migrations {
                try connection.query(
                    """
                    INSERT INTO schema_meta (key, subsystem, last_executed, executed, pending)
                    VALUES ('schema_meta', $1, $2, $3::text[], $4::text[])
                    """,
                    [
                        subsystem, names.last, PostgresTable.arrayLiteral(names),
                        PostgresLayout.neverPending.contains(subsystem) ? nil : "{}",
                    ])
            }
            try connection.query("INSERT INTO workspaces (id, name) VALUES ($1::uuid, 'default')", [RandomText.uuid()])
            try connection.query(
                "INSERT INTO parameters (key, value) VALUES ('cluster_id', $1)", [RandomText.uuid()])
            try Self.makeChangeLog(connection, PostgresTables(Layout(), connection).layout)
            return PostgresLayout.migrations
        }
    }

    /// Runs what is new. Only Kong itself can bring a database of an older release to 3.9.
    public func up() throws(PostgresError) -> Migrations {
        let state = try state()
        if state.new.isEmpty { return [] }
        throw .layout(state.upgradeText)
    }

    /// Marks pending migrations as executed; Kong 3.9's have no clean-up left to run.
    @discardableResult
    public func finish() throws(PostgresError) -> Migrations {
        try locked { connection throws(PostgresError) in
            let pending = try state(connection).pending
            for (subsystem, names) in pending {
                try connection.query(
                    """
                    UPDATE schema_meta SET executed = executed || $2::text[], pending = '{}', last_executed = $3
                    WHERE key = 'schema_meta' AND subsystem = $1
                    """, [subsystem, PostgresTable.arrayLiteral(names), names.last])
            }
            return pending
        }
    }

    /// Drops everything in the schema. Returns false when there was nothing to reset.
    public func reset() throws(PostgresError) -> Bool {
        try locked { connection throws(PostgresError) in
            if try state(connection).needsBootstrap { return false }
            let tables = try connection.query("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
            for name in tables.compactMap({ $0.first ?? nil }) {
                try connection.query("DROP TABLE IF EXISTS \(name.quoted) CASCADE")
            }
            for function in ["sync_tags()", "batch_delete_expired_rows()", "kong_log_change()", "kong_next_version()"] {
                try connection.query("DROP FUNCTION IF EXISTS \(function) CASCADE")
            }
            return true
        }
    }

    /// Adds the change log to a database that Kong made; does nothing where it is.
    static func prepareChangeLog(_ connection: PostgresConnection, _ layout: Layout) throws(PostgresError) {
        let count = try connection.value(
            """
            SELECT count(*) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
            WHERE tgname = 'kong_change_log_trigger' AND relnamespace = quote_ident(current_schema())::regnamespace
            """)
        if count == String(layout.tables.count) { return }
        try connection.query("BEGIN")
        do {
            try connection.query("SELECT pg_advisory_xact_lock(\(lock))")
            try makeChangeLog(connection, layout)
            try connection.query("COMMIT")
        } catch {
            // The connection is thrown away by the caller's error; nothing was changed.
            _ = try? connection.query("ROLLBACK")
            throw error
        }
    }

    private static func makeChangeLog(_ connection: PostgresConnection, _ layout: Layout) throws(PostgresError) {
        try connection.script(PostgresLayout.changeLog)
        for table in layout.tables { try connection.script(PostgresLayout.changeTrigger(table)) }
    }

    /// One transaction that no other node's migration overlaps.
    private func locked<T>(
        _ body: (PostgresConnection) throws(PostgresError) -> T
    ) throws(PostgresError) -> T {
        var patient = settings
        // Making every table takes longer than an answer may.
        patient.timeoutMilliseconds = max(60_000, settings.timeoutMilliseconds)
        patient.timeoutMilliseconds = max(patient.timeoutMilliseconds, (lockSeconds + 5) * 1000)
        let connection = try PostgresConnection(patient)
        try connection.query("BEGIN")
        do { try takeLocks(connection) } catch .server(let error) where error.state == Self.lockNotAvailable {
            throw .layout("aborted: another node is performing database changes")
        }
        let result = try body(connection)
        try connection.query("COMMIT")
        return result
    }

    /// PostgreSQL's `lock_not_available`.
    private static let lockNotAvailable = "55P03"

    private func takeLocks(_ connection: PostgresConnection) throws(PostgresError) {
        try connection.query("SET LOCAL lock_timeout = \(max(1, lockSeconds) * 1000)")
        try connection.query("SELECT pg_advisory_xact_lock(\(Self.lock))")
        try connection.query("SET LOCAL lock_timeout = 0")
        guard try connection.value("SELECT to_regclass('locks')") != nil else { return }
        // Nobody sees our row: a Kong that wants the lock waits for the end of this transaction.
        try connection.query("DELETE FROM locks WHERE ttl < CURRENT_TIMESTAMP")
        let taken = try connection.query(
            "INSERT INTO locks (key, owner, ttl) VALUES ($1, $2, CURRENT_TIMESTAMP + interval '1 minute')"
                + " ON CONFLICT DO NOTHING RETURNING key", [Self.kongLock, settings.nodeID])
        if taken.isEmpty { throw .layout("aborted: another node is performing database changes") }
        try connection.query("DELETE FROM locks WHERE key = $1", [Self.kongLock])
    }

    private static func names(_ json: String?) -> [String] {
        guard let json, let value = try? JSONValue(parsing: Array(json.utf8)) else { return [] }
        return value.arrayValue?.compactMap(\.stringValue) ?? []
    }
}
