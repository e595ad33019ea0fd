import KongCore

/// The DAO's statements in Postgres' words, over one connection.
final class PostgresSession: WriteSession {
    typealias Settle = (PostgresTicket, ContinuousClock.Instant, PostgresError) throws(PostgresError) -> Void

    private let connection: PostgresConnection
    private let tables: PostgresTables
    private let workspace: String
    private let events: ClusterEvents
    private var isOpen = false
    /// Statements that nobody waits for: they go with the next one.
    private var queued: [String] = []
    /// What this transaction is known by, once it has written.
    private var ticket: PostgresTicket?
    /// Finds out how a transaction ended whose COMMIT was not answered; returns if it was kept.
    var settle: Settle?
    /// From here on the server may have kept the transaction.
    private(set) var hasAskedForCommit = false
    /// Rows went into tables whose trigger deletes expired ones.
    private var wokeCleanUp = false

    init(_ connection: PostgresConnection, _ database: PostgresDatabase.Found) {
        self.connection = connection
        tables = database.tables
        workspace = database.workspace
        events = database.events
    }

    func begin(consistent: Bool) throws {
        if consistent {
            try connection.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        } else {
            queued = ["BEGIN"]
        }
        isOpen = true
    }

    private func send(_ statement: String) throws {
        let all = queued + [statement]
        queued = []
        try connection.script(all.joined(separator: "; "))
    }

    func commit() throws {
        isOpen = false
        hasAskedForCommit = true
        let started = ContinuousClock.now
        do { try connection.query("COMMIT") } catch {
            guard error.isConnectionLoss, let ticket, let settle else { throw error }
            try settle(ticket, started, error)
        }
    }

    func rollback() {
        guard isOpen else { return }
        isOpen = false
        let hasBegun = queued.first != "BEGIN"
        queued = []
        guard hasBegun else { return }
        // A connection that cannot roll back is broken; the server rolls back when it goes.
        _ = try? connection.query("ROLLBACK")
    }

    func savepoint() throws { try send("SAVEPOINT job") }
    func releaseSavepoint() throws { queued.append("RELEASE SAVEPOINT job") }
    func rollbackToSavepoint() throws { try send("ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job") }

    func insert(_ record: Record, into table: Table) throws {
        let rows = try tables(table)
        try constrained(table) { try $0.query(rows.insert, rows.values(record, workspace: workspace)) }
        if table.hasTTL { wokeCleanUp = true }
    }

    func update(_ record: Record, in table: Table) throws {
        let rows = try tables(table)
        let values = rows.values(record, workspace: workspace) + [record.key(table)]
        try constrained(table) { try $0.query(rows.update, values) }
    }

    func delete(_ key: String, from table: Table) throws {
        let rows = try tables(table)
        try constrained(table) { try $0.query(rows.delete, [key]) }
    }

    func deleteAll(from table: Table) throws {
        try constrained(table) { try $0.query("DELETE FROM \(table.name.quoted)") }
    }

    func version() throws -> Int64 {
        guard let version = try connection.value("SELECT version FROM kong_change_version").flatMap({ Int64($0) })
        else {
            throw PostgresError.layout("the change counter is missing: run 'kong migrations up'")
        }
        return version
    }

    func stamp(_ changes: [EntityChange]) throws -> Int64 {
        // Fires the deferred triggers now: the counter's row is ours from here to the commit.
        try send("SET CONSTRAINTS ALL IMMEDIATE")
        let row = try connection.query("SELECT kong_next_version(), txid_current()").first ?? []
        let numbers = row.compactMap { $0.flatMap { Int64($0) } }
        guard numbers.count == 2 else { throw PostgresError.layout("the change counter gave no number") }
        let version = numbers[0]
        ticket = PostgresTicket(transaction: numbers[1], version: version, process: connection.serverProcess)
        try publish(changes)
        return version
    }

    func sideEffects() throws -> [(entity: String, key: String)] {
        guard wokeCleanUp, let ticket else { return [] }
        let tables = PostgresTable.arrayLiteral(tables.layout.tables.filter(\.hasTTL).map(\.name))
        return changed(
            try connection.query(
                """
                SELECT DISTINCT entity, key FROM kong_change_log
                WHERE version = $1::bigint AND entity = ANY ($2::text[])
                """, [String(ticket.version), tables]))
    }

    func foreignChanges(after version: Int64, before end: Int64) throws -> ForeignChanges {
        let forgotten = try connection.value("SELECT forgotten FROM kong_change_version")
        guard let forgotten = forgotten.flatMap({ Int64($0) }), forgotten <= version else { return .unknown }
        let rows = try connection.query(
            """
            SELECT entity, key FROM kong_change_log WHERE version > $1::bigint AND version < $2::bigint
            GROUP BY entity, key LIMIT \(Self.mostForeignChanges + 1)
            """, [String(version), String(end)])
        if rows.count > Self.mostForeignChanges { return .unknown }
        return .entities(changed(rows))
    }

    /// Rows of the change log as entities.
    private func changed(_ rows: [[String?]]) -> [(entity: String, key: String)] {
        let entities = Dictionary(
            tables.layout.tables.map { ($0.name, $0.entity) }, uniquingKeysWith: { first, _ in first })
        return rows.compactMap { row in
            guard row.count == 2, let table = row[0], let key = row[1], let entity = entities[table] else { return nil }
            return (entity, key)
        }
    }

    /// More changes than this are cheaper read as a whole.
    private static let mostForeignChanges = 20_000

    func count(_ table: Table) throws -> Int {
        try connection.value("SELECT count(*) FROM \(table.name.quoted)").flatMap { Int($0) } ?? 0
    }

    func distinct(_ column: String, of table: Table) throws -> [String] {
        try connection.query(DistinctValues.sql(column, of: table)).compactMap { $0.first ?? nil }
    }

    /// Runs a statement; where a constraint refuses it, the transaction stays usable.
    private func constrained(_ table: Table, _ body: (PostgresConnection) throws -> Void) throws {
        // Rows that expire may be written again after a refusal, so only this statement is undone;
        // for the others the job ends with the refusal, and its own savepoint serves.
        if table.hasTTL { try connection.query("SAVEPOINT row") }
        do { try body(connection) } catch {
            guard let failure = (error as? PostgresError)?.constraintFailure else { throw error }
            try connection.query("ROLLBACK TO SAVEPOINT \(table.hasTTL ? "row" : "job")")
            throw failure
        }
        if table.hasTTL { try connection.query("RELEASE SAVEPOINT row") }
    }

    /// Tells the nodes that run Kong itself what to forget.
    private func publish(_ changes: [EntityChange]) throws {
        let published = events.events(for: changes, workspace: workspace, layout: tables.layout)
        if published.isEmpty { return }
        try connection.query(
            """
            INSERT INTO cluster_events (id, node_id, at, nbf, expire_at, channel, data)
            SELECT gen.id, $1::uuid, CURRENT_TIMESTAMP(3),
              CASE WHEN $2::float8 > 0 THEN CURRENT_TIMESTAMP(3) + $2::float8 * interval '1 second' END,
              CURRENT_TIMESTAMP(3) + GREATEST(10 * $2::float8, 3600) * interval '1 second', gen.channel, gen.data
            FROM unnest($3::uuid[], $4::text[], $5::text[]) AS gen (id, channel, data)
            """,
            [
                events.nodeID, String(events.propagationSeconds),
                PostgresTable.arrayLiteral(published.map { _ in RandomText.uuid() }),
                PostgresTable.arrayLiteral(published.map(\.channel)),
                PostgresTable.arrayLiteral(published.map(\.data)),
            ])
    }
}

extension PostgresSession {
    func select(_ query: Query) throws -> [Record] {
        let rows = try tables(query.table)
        var conditions: [String] = []
        var values: [String?] = []
        var ordered = true
        for filter in query.filters {
            switch filter {
            case .equals(let column, let value):
                guard let text = PostgresTable.encode(value, rows.type(of: column)) else { return [] }
                // Postgres refuses to compare a UUID with what is none; nothing has such a key.
                if rows.type(of: column) == "uuid" && !text.isUUID { return [] }
                values.append(text)
                conditions.append(rows.condition(column, "=", values.count))
            case .oneOf(let column, let texts):
                values.append(PostgresTable.arrayLiteral(texts))
                conditions.append("\(column.quoted) = ANY ($\(values.count)::\(rows.type(of: column))[])")
            case .contains(let column, let text):
                values.append(text)
                conditions.append("strpos(\(column.quoted)::text, $\(values.count)::text) > 0")
            case .tags(let tags):
                values.append(PostgresTable.arrayLiteral(tags.tags))
                conditions.append("tags \(tags.mode == .all ? "@>" : "&&") $\(values.count)::text[]")
            case .expired(let time):
                values.append(String(time))
                conditions.append("ttl <= to_timestamp($\(values.count)::double precision)")
                ordered = false
            }
        }
        if let after = query.after {
            if rows.type(of: query.table.key) == "uuid" && !after.isUUID {
                throw DataError.invalidOffset(after, reason: "invalid primary key")
            }
            values.append(after)
            conditions.append(rows.condition(query.table.key, ">", values.count))
        }
        if query.table.hasTTL, let now = query.now {
            values.append(String(now))
            conditions.append("(ttl IS NULL OR ttl > to_timestamp($\(values.count)::double precision))")
        }
        var sql = rows.select
        if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
        if ordered { sql += " ORDER BY \(query.table.key.quoted)" }
        if let limit = query.limit { sql += " LIMIT \(limit)" }
        return try connection.query(sql, values).map(rows.record)
    }

    func tags(_ query: TagQuery) throws -> [TagRow] {
        var conditions: [String] = []
        var values: [String?] = []
        if let tag = query.tag {
            values = [PostgresTable.arrayLiteral([tag]), tag]
            conditions = ["tags @> $1::text[]", "tag = $2::text"]
        }
        if let after = query.after, after.id.isUUID {
            values += [after.id, after.tag]
            let id = "$\(values.count - 1)::uuid", tag = "$\(values.count)::text"
            // The first condition alone can use the index.
            conditions.append("entity_id >= \(id) AND (entity_id > \(id) OR tag COLLATE \"C\" > \(tag) COLLATE \"C\")")
        }
        var sql = "SELECT entity_name, entity_id::text, tag FROM tags, unnest(tags) AS tag"
        if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
        sql += " ORDER BY entity_id, tag COLLATE \"C\" LIMIT \(query.limit)"
        return try connection.query(sql, values).compactMap { row in
            guard row.count == 3, let entity = row[0], let id = row[1], let tag = row[2] else { return nil }
            return TagRow(entity: entity, id: id, tag: tag)
        }
    }
}
