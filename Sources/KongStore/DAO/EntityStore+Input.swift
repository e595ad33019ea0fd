import KongCore

// What happens to a client's entity before the transaction: its ttl is taken out, references by name
// become ids, and the schema fills and checks it.
extension EntityStore {
    /// The expiry that a client asked for.
    enum Lifetime: Sendable {
        case unchanged
        case seconds(Int64)

        func expiry(now: Double) -> Double? {
            guard case .seconds(let seconds) = self, seconds > 0 else { return nil }
            return now + Double(seconds)
        }
    }

    /// Takes `ttl` out of the body of an entity that may expire.
    func takeLifetime(
        _ table: Table, _ input: inout JSONObject, ttl: Int?
    ) throws(DataError) -> Lifetime {
        var wanted: JSONValue? = ttl.map { .integer(Int64($0)) }
        if table.hasTTL, let sent = input.removeValue(forKey: "ttl"), !sent.isNull { wanted = wanted ?? sent }
        guard let wanted else { return .unchanged }
        guard table.hasTTL else {
            throw .invalidOptions(["ttl": .string("cannot be used with '\(table.entity)'")])
        }
        let seconds = wanted.intValue ?? wanted.stringValue.flatMap { Int64($0) }
        return .seconds(try Self.lifetime(seconds))
    }

    /// - Parameter seconds: nil for what is no integer.
    public static func lifetime(_ seconds: Int64?) throws(DataError) -> Int64 {
        guard let seconds, (0...100_000_000).contains(seconds) else {
            throw .invalidOptions(["ttl": "must be an integer between 0 and 100000000"])
        }
        return seconds
    }

    /// Replaces references by a unique field (`service.name`) with references by id.
    func resolveReferences(_ table: Table, _ input: JSONObject) async throws(DataError) -> JSONObject {
        var open: [(column: Table.Column, parent: Table, field: Table.Column, key: JSONObject)] = []
        for column in table.columns {
            guard let entity = column.reference, let parent = layout.find(entity),
                case .object(let key)? = input[column.field], key[parent.key] == nil,
                let field = parent.columns.first(where: { $0.unique && key[$0.field].map { !$0.isNull } == true })
            else { continue }
            open.append((column, parent, field, key))
        }
        if open.isEmpty { return input }
        let wanted = open, now = context.now()
        let ids = try await read { session in
            try wanted.map { item -> String? in
                let value = item.key[item.field.field] ?? .null
                return try session.first(item.parent, column: item.field, value, now: now)?.key(item.parent)
            }
        }
        var resolved = input
        var unresolved: [(field: String, key: JSONObject, parent: String)] = []
        for (item, id) in zip(open, ids) {
            if let id {
                resolved[item.column.field] = .object([item.parent.key: .string(id)])
            } else {
                let key = [item.field.field: item.key[item.field.field] ?? .null]
                unresolved.append((item.column.field, key, item.parent.entity))
            }
        }
        if !unresolved.isEmpty { throw .foreignKeysUnresolved(unresolved) }
        return resolved
    }
}

extension Table {
    /// The record to store for a new entity.
    func validated(
        _ input: JSONObject, _ context: SchemaContext, kind: EntitySchema.InsertKind
    ) throws(DataError) -> JSONObject {
        do { return referencing(try schema.insert(input, context, kind: kind)) } catch { throw .schemaViolation(error) }
    }

    /// The record to store when `input` is laid over `stored`.
    func merged(
        _ input: JSONObject, stored: JSONObject, _ context: SchemaContext
    ) throws(DataError) -> JSONObject {
        do { return referencing(try schema.update(input, stored: stored, context)) } catch {
            throw .schemaViolation(error)
        }
    }

    /// A parent may be sent whole: only its key is kept, and answered.
    private func referencing(_ record: JSONObject) -> JSONObject {
        var record = record
        for (field, entity) in schema.foreignFields {
            guard let keys = Entities.named(entity)?.primaryKey, case .object(let parent)? = record[field.name] else {
                continue
            }
            record[field.name] = .object(parent.filter { keys.contains($0.key) })
        }
        return record
    }
}
