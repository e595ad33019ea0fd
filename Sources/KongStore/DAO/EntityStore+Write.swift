import KongCore

extension EntityStore {
    /// Creates an entity and returns it as stored.
    /// - Parameter ttl: seconds to live, for entities that may expire; also taken from the body's `ttl`.
    @discardableResult
    public func insert(_ entity: String, _ input: JSONObject, ttl: Int? = nil) async throws(DataError) -> JSONObject {
        let table = try writableTable(entity)
        var input = try await resolveReferences(table, input)
        let lifetime = try takeLifetime(table, &input, ttl: ttl)
        let fields = try table.validated(input, context, kind: .insert)
        try refuseWithoutDatabase("create", table)
        return try await submit(table) { [input] transaction in
            if table.entity == "plugins" { try transaction.checkProtocols(ofPlugin: input) }
            return try transaction.insert(table, fields, expiry: lifetime.expiry(now: transaction.now))
        }
    }

    /// Merges `input` into the entity and returns it; code 6 when there is none.
    @discardableResult
    public func update(
        _ entity: String, key: EntityKey, _ input: JSONObject, ttl: Int? = nil
    ) async throws(DataError) -> JSONObject {
        let table = try writableTable(entity)
        var input = try await resolveReferences(table, input)
        let lifetime = try takeLifetime(table, &input, ttl: ttl)
        if !acceptsWrites {
            guard let stored = try await select(entity, key: key) else { throw key.notFound(table) }
            _ = try table.merged(input, stored: stored, context)
            try refuseWithoutDatabase("update", table, key)
        }
        return try await submit(table) { [input, context] transaction in
            guard let old = try transaction.find(table, key) else { throw key.notFound(table) }
            let stored = table.holdsStructures ? table.schema.completed(old.fields, context) : old.fields
            var fields = try table.merged(input, stored: stored, transaction.context)
            fields[table.key] = old.fields[table.key]
            if table.entity == "certificates", input["snis"] == nil { fields["snis"] = nil }
            if table.entity == "plugins" { try transaction.checkProtocols(ofPlugin: fields) }
            let expiry: Double? =
                if case .unchanged = lifetime { old.expiry } else { lifetime.expiry(now: transaction.now) }
            return try transaction.replace(table, old, by: fields, expiry: expiry)
        }
    }

    @discardableResult
    public func update(
        _ entity: String, id: String, _ input: JSONObject, ttl: Int? = nil
    ) async throws(DataError) -> JSONObject {
        try await update(entity, key: .id(id), input, ttl: ttl)
    }

    /// Creates the entity or replaces it as a whole. Found by a unique field it keeps its id.
    @discardableResult
    public func upsert(
        _ entity: String, key: EntityKey, _ input: JSONObject, ttl: Int? = nil
    ) async throws(DataError) -> JSONObject {
        let table = try writableTable(entity)
        var input = try await resolveReferences(table, input)
        let lifetime = try takeLifetime(table, &input, ttl: ttl)
        switch key {
        case .id(let id): input[table.key] = .string(id)
        case .field(let name, let value): input[name] = value
        }
        // A replaced certificate without a list has no names.
        if table.entity == "certificates", input["snis"] == nil { input["snis"] = .null }
        let fields = try table.validated(input, context, kind: .upsert)
        try refuseWithoutDatabase("create or update", table, key)
        return try await submit(table) { [input] transaction in
            if table.entity == "plugins" { try transaction.checkProtocols(ofPlugin: input) }
            let expiry = lifetime.expiry(now: transaction.now)
            guard let old = try transaction.find(table, key) else {
                return try transaction.insert(table, fields, expiry: expiry)
            }
            var fields = fields
            fields[table.key] = old.fields[table.key]
            return try transaction.replace(table, old, by: fields, expiry: expiry)
        }
    }

    /// Deletes the entity with what depends on it. Returns whether there was one.
    @discardableResult
    public func delete(_ entity: String, key: EntityKey) async throws(DataError) -> Bool {
        let table = try writableTable(entity)
        if !acceptsWrites {
            guard try await select(entity, key: key) != nil else { return false }
            try refuseWithoutDatabase("remove", table, key)
        }
        return try await writer.submit { transaction in
            guard let record = try transaction.find(table, key) else { return false }
            try transaction.delete(table, record)
            return true
        }
    }

    @discardableResult
    public func delete(_ entity: String, id: String) async throws(DataError) -> Bool {
        try await delete(entity, key: .id(id))
    }

    private func submit(
        _ table: Table, _ body: @escaping @Sendable (WriteTransaction) throws -> Record
    ) async throws(DataError) -> JSONObject {
        let fields = try await writer.submit { [layout] transaction in
            let record = try body(transaction)
            var shown = record.fields
            if table.hasTTL { shown["ttl"] = record.expiry.map(JSONValue.number) ?? .null }
            return try transaction.session.attachNames([shown], table, layout)
        }
        var shown = fields.first ?? [:]
        // The remaining seconds are those of the answer's time: right after `ttl=100` there are 99.
        if table.hasTTL, let expiry = shown["ttl"]?.doubleValue {
            shown["ttl"] = .integer(Int64(max(0, (expiry - context.now()).rounded(.down))))
        }
        return shown
    }

    private func writableTable(_ entity: String) throws(DataError) -> Table {
        if entity == "tags" {
            let text: JSONValue = "does not support insert/upsert/update/delete operations"
            throw .schemaViolation(Violations(fields: ["tags": text]))
        }
        return try layout.table(entity)
    }

    private func refuseWithoutDatabase(
        _ operation: String, _ table: Table, _ key: EntityKey? = nil
    ) throws(DataError) {
        if acceptsWrites { return }
        throw .unsupported(
            "cannot \(operation) '\(table.entity)' entities\(key?.suffix ?? "") when not using a database")
    }
}
