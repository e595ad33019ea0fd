import KongCore

// Which of Kong's errors a violated constraint is. The database says only that one was; which, with
// what values, is looked up here: an error path, so it may cost some queries.
extension WriteTransaction {
    func explain(
        _ failure: ConstraintFailure, _ record: Record, _ table: Table, inserting: Bool
    ) throws -> DataError {
        switch failure {
        case .primaryKey, .unique:
            return try duplicate(record, table, inserting: inserting) ?? .database("\(table.name): \(failure)")
        case .foreign(let column):
            return try missingParent(record, table, column) ?? .database("\(table.name): \(failure)")
        case .referenced(let child):
            return .referenced(parent: table.entity, by: child ?? "unknown")
        }
    }

    private func duplicate(_ record: Record, _ table: Table, inserting: Bool) throws -> DataError? {
        let key = record.key(table)
        if inserting, try session.first(table, key: key, now: nil) != nil {
            return .primaryKeyViolation([table.key: .string(key)])
        }
        for column in table.columns where column.unique {
            guard let value = record.fields[column.field], !value.isNull else { continue }
            if let other = try session.first(table, column: column, value, now: nil), other.key(table) != key {
                return .uniqueViolation([column.field: value])
            }
        }
        if let cacheKey = record.cacheKey {
            let same = Query(table, [.equals(column: "cache_key", .string(cacheKey))], limit: 1, now: nil)
            if let other = try session.select(same).first, other.key(table) != key {
                let fields = table.schema.cacheKey.map { ($0, record.fields[$0] ?? .null) }
                return .uniqueViolation(JSONObject(fields, uniquingKeysWith: { first, _ in first }))
            }
        }
        return nil
    }

    private func missingParent(_ record: Record, _ table: Table, _ column: String?) throws -> DataError? {
        for candidate in table.columns where column == nil || candidate.name == column {
            guard let parent = candidate.reference, let id = record.foreignID(candidate.field),
                let parentTable = layout.find(parent)
            else { continue }
            let isMissing = try column != nil || session.first(parentTable, key: id, now: nil) == nil
            if isMissing {
                return .foreignKeyViolation(
                    [candidate.field: record.fields[candidate.field] ?? .null], parent: parent)
            }
        }
        return nil
    }

    /// Whether an expired row stood in the way and went.
    func removeExpired(_ table: Table, conflictingWith record: Record) throws -> Bool {
        var removed = false
        var candidates = [try session.first(table, key: record.key(table), now: nil)]
        for column in table.columns where column.unique {
            guard let value = record.fields[column.field] else { continue }
            candidates.append(try session.first(table, column: column, value, now: nil))
        }
        for case let other? in candidates {
            guard let expiry = other.expiry, expiry <= now else { continue }
            try remove(table, other)
            removed = true
        }
        return removed
    }
}
