import GRDB
import KongCore

/// Creates the tables from the entities' schemas, and proves that a file's tables are those.
enum SQLiteSchema {
    /// "Kong" in the file's header, so that `file` and we know our own.
    static let applicationID: Int32 = 0x4B6F_6E67
    /// Raised when a change needs more than new tables and columns; `migrations` then gets a step.
    static let currentVersion = 1

    /// Steps by the version they start from, each inside the opening transaction.
    private static let migrations: [Int: @Sendable (Database) throws -> Void] = [:]

    /// What else is looked up by; Kong's Postgres has the same index.
    private static let lookups = [("plugins", "name")]

    private static func indexLookups(_ db: Database, _ layout: Layout) throws {
        for (entity, field) in lookups {
            guard let table = layout.find(entity), let column = table.column(field: field) else { continue }
            let name = "\(table.name)_\(column.name)".quoted
            try db.execute(sql: "CREATE INDEX IF NOT EXISTS \(name) ON \(table.name.quoted) (\(column.name.quoted))")
        }
    }

    static func create(_ db: Database, _ layout: Layout, workspace: String, context: Origin) throws {
        try db.execute(sql: "CREATE TABLE kong_meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID")
        try db.execute(
            sql: """
                CREATE TABLE tags (entity_id TEXT NOT NULL, tag TEXT NOT NULL, entity_name TEXT NOT NULL,
                  PRIMARY KEY (entity_id, tag)) STRICT, WITHOUT ROWID;
                CREATE INDEX tags_by_tag ON tags (tag, entity_name, entity_id)
                """)
        for table in layout.tables { try create(db, table, layout) }
        try indexLookups(db, layout)
        try setMeta(db, "layout", fingerprint(layout))
        // Not from zero: the snapshot of another store must not pass for one of this store.
        try setMeta(db, "version", context.firstVersion)
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(currentVersion)")
        try firstRows(db, layout, workspace: workspace, context)
    }

    /// What a new store starts with.
    struct Origin {
        var now: Int64
        var clusterID: String
        var firstVersion: Int64
    }

    /// Refuses foreign, newer and damaged files; adds the tables and columns that came with this build.
    static func verify(_ db: Database, _ layout: Layout, path: String) throws {
        guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
            throw SQLiteError.notAStore(path: path)
        }
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version <= currentVersion else {
            throw SQLiteError.newer(path: path, found: version, known: currentVersion)
        }
        for step in version..<currentVersion {
            guard let migration = migrations[step] else {
                throw SQLiteError.damaged(path: path, detail: "unknown layout \(step)")
            }
            try migration(db)
        }
        if version < currentVersion { try db.execute(sql: "PRAGMA user_version = \(currentVersion)") }
        // The tables that the file claims to have must be there: a lost table is damage, not an empty list.
        guard let claimed: String = try meta(db, "layout") else {
            throw SQLiteError.damaged(path: path, detail: "no layout")
        }
        for line in claimed.split(separator: "\n") {
            let parts = line.split(separator: " ").map(String.init)
            guard let table = parts.first else { continue }
            let present = try Set(db.columns(in: table).map(\.name))
            guard parts.dropFirst().allSatisfy(present.contains) else {
                throw SQLiteError.damaged(path: path, detail: "table \(table) is incomplete")
            }
        }
        let wanted = fingerprint(layout)
        if claimed != wanted {
            for table in layout.tables { try extend(db, table, layout) }
            try setMeta(db, "layout", wanted)
        }
        try indexLookups(db, layout)
    }

    static func meta<T: DatabaseValueConvertible>(_ db: Database, _ key: String) throws -> T? {
        try T.fetchOne(db.cachedStatement(sql: "SELECT value FROM kong_meta WHERE key = ?"), arguments: [key])
    }

    static func setMeta(_ db: Database, _ key: String, _ value: any DatabaseValueConvertible) throws {
        let statement = try db.cachedStatement(sql: "INSERT OR REPLACE INTO kong_meta (key, value) VALUES (?, ?)")
        try statement.execute(arguments: [key, value])
    }

    private static func fingerprint(_ layout: Layout) -> String {
        layout.tables.map { ([$0.name] + SQLiteTable($0).columns).joined(separator: " ") }.joined(separator: "\n")
    }

    private static func create(_ db: Database, _ table: Table, _ layout: Layout) throws {
        var lines = table.columns.map { definition($0, key: table.key, layout) }
        lines.append("ws_id TEXT")
        if table.hasCacheKey { lines.append("cache_key TEXT") }
        if table.hasTTL { lines.append("ttl REAL") }
        lines.append("checksum INTEGER NOT NULL")
        try db.execute(sql: "CREATE TABLE \(table.name.quoted) (\(lines.joined(separator: ", "))) STRICT")
        for column in table.columns { try index(db, table, column) }
        let name = table.name
        if table.hasCacheKey {
            try db.execute(sql: "CREATE UNIQUE INDEX \("\(name)_cache_key".quoted) ON \(name.quoted) (cache_key)")
        }
        if table.hasTTL {
            try db.execute(
                sql: "CREATE INDEX \("\(name)_ttl".quoted) ON \(name.quoted) (ttl) WHERE ttl IS NOT NULL")
        }
    }

    private static func extend(_ db: Database, _ table: Table, _ layout: Layout) throws {
        guard try db.tableExists(table.name) else { return try create(db, table, layout) }
        let present = try Set(db.columns(in: table.name).map(\.name))
        for column in table.columns where !present.contains(column.name) {
            try db.execute(
                sql: "ALTER TABLE \(table.name.quoted) ADD COLUMN \(definition(column, key: table.key, layout))")
            try index(db, table, column)
        }
        // Existing rows were summed without the new columns.
        let rows = SQLiteTable(table)
        if rows.columns.contains(where: { !present.contains($0) }) {
            for values in try Row.fetchAll(db, sql: rows.select).map({ Array($0.databaseValues) }) {
                let sum = Checksum.of(values.dropLast())
                let key = values[table.columns.firstIndex { $0.name == table.key } ?? 0]
                try db.execute(
                    sql: "UPDATE \(table.name.quoted) SET checksum = ? WHERE \(table.key.quoted) = ?",
                    arguments: [sum, key])
            }
        }
    }

    private static func definition(_ column: Table.Column, key: String, _ layout: Layout) -> String {
        let type =
            switch column.kind {
            case .text, .json, .foreign: "TEXT"
            case .integer, .boolean: "INTEGER"
            case .number: "REAL"
            }
        var text = "\(column.name.quoted) \(type)"
        if column.name == key { text += " NOT NULL PRIMARY KEY" }
        if let parent = column.reference, let table = layout.find(parent) {
            text += " REFERENCES \(table.name.quoted) (\(table.key.quoted))"
            switch column.onDelete {
            case .cascade: text += " ON DELETE CASCADE"
            case .null: text += " ON DELETE SET NULL"
            case .restrict: break
            }
        }
        return text
    }

    private static func index(_ db: Database, _ table: Table, _ column: Table.Column) throws {
        guard column.name != table.key, column.unique || column.kind == .foreign else { return }
        let unique = column.unique ? "UNIQUE " : ""
        // A foreign key with the primary key behind it: the children of one parent page without sorting.
        let columns = column.unique ? column.name.quoted : "\(column.name.quoted), \(table.key.quoted)"
        let name = "\(table.name)_\(column.name)".quoted
        try db.execute(sql: "CREATE \(unique)INDEX \(name) ON \(table.name.quoted) (\(columns))")
    }

    private static func firstRows(
        _ db: Database, _ layout: Layout, workspace: String, _ origin: Origin
    ) throws {
        let session = SQLiteSession(db, SQLiteTables(layout), workspace: workspace)
        if let table = layout.find("workspaces") {
            let time = JSONValue.integer(origin.now)
            try session.insert(
                Record(["id": .string(workspace), "name": "default", "created_at": time, "updated_at": time]),
                into: table)
        }
        if let table = layout.find("parameters") {
            try session.insert(
                Record([
                    "key": "cluster_id", "value": .string(origin.clusterID), "created_at": .integer(origin.now),
                ]), into: table)
        }
    }
}
