import GRDB
import KongCore

/// The prepared texts of every table, by table name.
final class SQLiteTables: Sendable {
    private let tables: [String: SQLiteTable]

    init(_ layout: Layout) {
        tables = Dictionary(
            layout.tables.map { ($0.name, SQLiteTable($0)) }, uniquingKeysWith: { first, _ in first })
    }

    func callAsFunction(_ table: Table) -> SQLiteTable { tables[table.name] ?? SQLiteTable(table) }
}

/// One connection for the length of one access.
final class SQLiteSession: WriteSession {
    private let db: Database
    private let tables: SQLiteTables
    private let workspace: String
    private let seal: SQLiteSeal?
    private var stamped: Int64?

    init(_ db: Database, _ tables: SQLiteTables, workspace: String, seal: SQLiteSeal? = nil) {
        self.db = db
        self.tables = tables
        self.workspace = workspace
        self.seal = seal
    }

    func begin(consistent: Bool) throws { try db.beginTransaction(consistent ? .deferred : .immediate) }
    func commit() throws {
        try db.commit()
        if let stamped { seal?.record(stamped) }
    }

    func rollback() {
        // Nothing can be done about a rollback that fails; SQLite does it again when the file is next opened.
        if db.isInsideTransaction { try? db.rollback() }
    }

    func savepoint() throws { try run("SAVEPOINT job", []) }
    func releaseSavepoint() throws { try run("RELEASE job", []) }

    func rollbackToSavepoint() throws {
        try run("ROLLBACK TO job", [])
        try run("RELEASE job", [])
    }

    func insert(_ record: Record, into table: Table) throws {
        let rows = tables(table)
        try constrained { try run(rows.insert, rows.values(record, workspace: workspace)) }
        try addTags(record, table)
    }

    func update(_ record: Record, in table: Table) throws {
        let rows = tables(table)
        let key = record.key(table).databaseValue
        try constrained { try run(rows.update, rows.values(record, workspace: workspace) + [key]) }
        try removeTags(record.key(table), table)
        try addTags(record, table)
    }

    func delete(_ key: String, from table: Table) throws {
        try constrained(deleting: true) { try run(tables(table).delete, [key.databaseValue]) }
        try removeTags(key, table)
    }

    func deleteAll(from table: Table) throws {
        try constrained(deleting: true) { try run("DELETE FROM \(table.name.quoted)", []) }
        if table.schema.isTaggable {
            try run("DELETE FROM tags WHERE entity_name = ?", [table.name.databaseValue])
        }
    }

    func version() throws -> Int64 {
        guard let version: Int64 = try SQLiteSchema.meta(db, "version") else {
            throw SQLiteError.damagedRow(table: "kong_meta")
        }
        return version
    }

    func stamp(_ changes: [EntityChange]) throws -> Int64 {
        let next = try version() + 1
        try SQLiteSchema.setMeta(db, "version", next)
        stamped = next
        return next
    }

    func sideEffects() throws -> [(entity: String, key: String)] { [] }

    /// Another process wrote to the file; it kept no log.
    func foreignChanges(after version: Int64, before end: Int64) throws -> ForeignChanges { .unknown }

    func count(_ table: Table) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table.name.quoted)") ?? 0
    }

    func distinct(_ column: String, of table: Table) throws -> [String] {
        try String.fetchAll(db, sql: DistinctValues.sql(column, of: table))
    }

    private func run(_ sql: String, _ values: [DatabaseValue]) throws {
        let statement = try db.cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(values))
        try statement.execute()
    }

    private func constrained(deleting: Bool = false, _ body: () throws -> Void) throws {
        do { try body() } catch let error as DatabaseError {
            throw SQLiteError.constraint(error, deleting: deleting) ?? error
        }
    }

    private func addTags(_ record: Record, _ table: Table) throws {
        guard case .array(let tags)? = record.fields["tags"], table.schema.isTaggable else { return }
        for tag in tags {
            guard let tag = tag.stringValue else { continue }
            try run(
                "INSERT OR IGNORE INTO tags (entity_id, tag, entity_name) VALUES (?, ?, ?)",
                [record.key(table).databaseValue, tag.databaseValue, table.name.databaseValue])
        }
    }

    private func removeTags(_ key: String, _ table: Table) throws {
        guard table.schema.isTaggable else { return }
        try run("DELETE FROM tags WHERE entity_id = ?", [key.databaseValue])
    }
}

extension SQLiteSession {
    func select(_ query: Query) throws -> [Record] {
        let rows = tables(query.table)
        let (sql, values) = try text(of: query)
        let statement = try db.cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(values))
        var records: [Record] = []
        let cursor = try Row.fetchCursor(statement)
        while let row = try cursor.next() {
            records.append(try rows.record(row.databaseValues.map { $0 }))
        }
        return records
    }

    /// How SQLite would go about a query, one step per line; for tests of what grows with the number of rows.
    func plan(of query: Query) throws -> [String] {
        let (sql, values) = try text(of: query)
        return try plan(of: sql, values)
    }

    func plan(of sql: String, _ values: [DatabaseValue] = []) throws -> [String] {
        try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: StatementArguments(values)).map {
            $0["detail"]
        }
    }

    private func text(of query: Query) throws -> (sql: String, values: [DatabaseValue]) {
        let rows = tables(query.table)
        let key = query.table.key.quoted
        var conditions: [String] = []
        var values: [DatabaseValue] = []
        var ordered = true
        for filter in query.filters {
            switch filter {
            case .equals(let column, let value):
                conditions.append("\(column.quoted) = ?")
                values.append(value.plainDatabaseValue)
            case .oneOf(let column, let texts):
                let marks = Array(repeating: "?", count: texts.count).joined(separator: ", ")
                conditions.append("\(column.quoted) IN (\(marks))")
                values += texts.map(\.databaseValue)
            case .contains(let column, let text):
                conditions.append("instr(\(column.quoted), ?) > 0")
                values.append(text.databaseValue)
            case .tags(let tags):
                try condition(tags, query, &conditions, &values)
            case .expired(let time):
                conditions.append("ttl <= ?")
                values.append(time.databaseValue)
                ordered = false
            }
        }
        if let after = query.after {
            conditions.append("\(key) > ?")
            values.append(after.databaseValue)
        }
        if query.table.hasTTL, let now = query.now {
            conditions.append("(ttl IS NULL OR ttl > ?)")
            values.append(now.databaseValue)
        }
        var sql = rows.select
        if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
        if ordered { sql += " ORDER BY \(key)" }
        if let limit = query.limit {
            sql += " LIMIT ?"
            values.append(limit.databaseValue)
        }
        return (sql, values)
    }

    private func condition(
        _ filter: TagFilter, _ query: Query, _ conditions: inout [String], _ values: inout [DatabaseValue]
    ) throws {
        let key = query.table.key.quoted, entity = query.table.name.databaseValue
        if filter.tags.count == 1, query.filters.count == 1, !query.table.hasTTL, let limit = query.limit {
            // The index hands out one tag's ids in order: no need to gather all of them for one page.
            conditions.append(
                """
                \(key) IN (SELECT entity_id FROM tags WHERE tag = ? AND entity_name = ? AND entity_id > ?
                ORDER BY entity_id LIMIT ?)
                """)
            values += [
                filter.tags[0].databaseValue, entity, (query.after ?? "").databaseValue, limit.databaseValue,
            ]
            return
        }
        switch filter.mode {
        case .any:
            let marks = Array(repeating: "?", count: filter.tags.count).joined(separator: ", ")
            conditions.append("\(key) IN (SELECT entity_id FROM tags WHERE entity_name = ? AND tag IN (\(marks)))")
            values += [entity] + filter.tags.map(\.databaseValue)
        case .all:
            for tag in filter.tags {
                conditions.append("\(key) IN (SELECT entity_id FROM tags WHERE tag = ? AND entity_name = ?)")
                values += [tag.databaseValue, entity]
            }
        }
    }

    func tags(_ query: TagQuery) throws -> [TagRow] {
        var conditions: [String] = []
        var values: [DatabaseValue] = []
        if let tag = query.tag {
            conditions.append("tag = ?")
            values.append(tag.databaseValue)
        }
        if let after = query.after {
            conditions.append("(entity_id, tag) > (?, ?)")
            values += [after.id.databaseValue, after.tag.databaseValue]
        }
        var sql = "SELECT entity_name, entity_id, tag FROM tags"
        if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
        sql += " ORDER BY entity_id, tag LIMIT \(query.limit)"
        return try Row.fetchAll(db, sql: sql, arguments: StatementArguments(values)).map {
            TagRow(entity: $0[0], id: $0[1], tag: $0[2])
        }
    }
}

extension JSONValue {
    /// For comparisons with plain columns.
    fileprivate var plainDatabaseValue: DatabaseValue {
        switch self {
        case .string(let text): text.databaseValue
        case .integer(let number): number.databaseValue
        case .number(let number): number.databaseValue
        case .bool(let flag): flag.databaseValue
        default: .null
        }
    }
}
