import KongCore

extension EntityStore {
    /// Replaces the whole configuration in one transaction: all of it comes into force, or nothing.
    ///
    /// - Parameter entities: complete records as validation returns them, in any order. `ttl` holds remaining seconds.
    public func replaceAll(
        _ entities: [(entity: String, fields: JSONObject)],
        progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
    ) async throws(DataError) {
        let sorted = try inDependencyOrder(entities)
        try await writer.submit { [layout] transaction in
            for table in layout.tables.reversed() where Self.isConfiguration(table) {
                try transaction.session.deleteAll(from: table)
            }
            try Self.write(sorted, transaction, progress) { transaction, table, fields, expiry in
                // The workspace is this store's own.
                if table.entity == "workspaces" { return }
                if !Self.isConfiguration(table) {
                    try Self.put(transaction, table, fields, expiry)
                } else {
                    _ = try transaction.insert(table, fields, expiry: expiry)
                }
            }
            transaction.replacement = transaction.changes
            transaction.changes = []
            transaction.replacedEverything = true
        }
    }

    /// Adds entities to what is there, replacing those of the same id, in one transaction (`kong config db_import`).
    public func importAll(
        _ entities: [(entity: String, fields: JSONObject)],
        progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
    ) async throws(DataError) {
        let sorted = try inDependencyOrder(entities)
        try await writer.submit { transaction in
            try Self.write(sorted, transaction, progress) { transaction, table, fields, expiry in
                if table.entity == "workspaces" { return }
                try Self.put(transaction, table, fields, expiry)
            }
            // Cheaper than ten thousand entries of a change log.
            if sorted.count > 10_000 { transaction.replacedEverything = true }
        }
    }

    /// What a declarative file replaces; the workspace and the node's parameters stay.
    static func isConfiguration(_ table: Table) -> Bool {
        table.schema.dbExport && table.entity != "workspaces" && table.entity != "parameters"
    }

    private func inDependencyOrder(
        _ entities: [(entity: String, fields: JSONObject)]
    ) throws(DataError) -> [(table: Table, fields: JSONObject)] {
        var byEntity: [String: [JSONObject]] = [:]
        for (entity, fields) in entities {
            _ = try layout.table(entity)
            byEntity[entity, default: []].append(fields)
        }
        return layout.tables.flatMap { table in
            (byEntity[table.entity] ?? []).map { (table, $0) }
        }
    }

    private static func put(
        _ transaction: WriteTransaction, _ table: Table, _ fields: JSONObject, _ expiry: Double?
    ) throws {
        if let id = fields[table.key]?.stringValue, let old = try transaction.find(table, .id(id)) {
            _ = try transaction.replace(table, old, by: fields, expiry: expiry)
        } else {
            _ = try transaction.insert(table, fields, expiry: expiry)
        }
    }

    private static func write(
        _ items: [(table: Table, fields: JSONObject)], _ transaction: WriteTransaction,
        _ progress: (@Sendable (Int, Int) -> Void)?,
        _ put: (WriteTransaction, Table, JSONObject, Double?) throws -> Void
    ) throws {
        for (index, item) in items.enumerated() {
            var fields = item.fields
            let seconds = item.table.hasTTL ? fields.removeValue(forKey: "ttl")?.doubleValue : nil
            // Names are given as entities of their own here; a list in the certificate only repeats them.
            if item.table.entity == "certificates", fields["snis"]?.isNull == true { fields["snis"] = nil }
            try put(transaction, item.table, fields, seconds.map { transaction.now + $0 })
            if index % 1000 == 999 { progress?(index + 1, items.count) }
        }
        progress?(items.count, items.count)
    }
}
