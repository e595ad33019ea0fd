import KongCore

/// The rules of Kong's DAO over one open transaction: references, uniqueness, cascades.
///
/// Lives on the writer's thread. Every row that comes, changes or goes ends up in `changes`.
final class WriteTransaction {
    let session: any WriteSession
    let layout: Layout
    let workspace: String
    let context: SchemaContext
    let now: Double
    var changes: [EntityChange] = []
    /// Everything was replaced: the sink has to be built anew.
    var replacedEverything = false
    /// All rows of the tables that were replaced, where they are known; the others have to be read.
    var replacement: [EntityChange]?

    init(session: any WriteSession, backend: any Backend, context: SchemaContext) {
        self.session = session
        layout = backend.layout
        workspace = backend.workspace
        self.context = context
        now = context.now()
    }

    func find(_ table: Table, _ key: EntityKey) throws -> Record? {
        try session.first(table, key, now: now)
    }

    func insert(_ table: Table, _ fields: JSONObject, expiry: Double?) throws -> Record {
        let (record, names) = try prepare(table, fields, expiry: expiry)
        // An expired row still occupies its keys until the clean-up comes by: it must not refuse a new one.
        do { try session.insert(record, into: table) } catch let failure as ConstraintFailure {
            guard table.hasTTL, try removeExpired(table, conflictingWith: record) else {
                throw try explain(failure, record, table, inserting: true)
            }
            do { try session.insert(record, into: table) } catch let failure as ConstraintFailure {
                throw try explain(failure, record, table, inserting: true)
            }
        }
        changes.append(
            EntityChange(entity: table.entity, id: record.key(table), operation: .upsert(record.forSink(table))))
        if let names { try setNames(names, ofCertificate: record.key(table)) }
        return record
    }

    /// Replaces the row `old` as a whole.
    func replace(_ table: Table, _ old: Record, by fields: JSONObject, expiry: Double?) throws -> Record {
        let (record, names) = try prepare(table, fields, expiry: expiry)
        do { try session.update(record, in: table) } catch let failure as ConstraintFailure {
            throw try explain(failure, record, table, inserting: false)
        }
        changes.append(
            EntityChange(
                entity: table.entity, id: record.key(table), operation: .upsert(record.forSink(table)),
                old: old.forSink(table)))
        if let names { try setNames(names, ofCertificate: record.key(table)) }
        return record
    }

    /// Takes the transient fields out and fills the hidden columns.
    private func prepare(
        _ table: Table, _ fields: JSONObject, expiry: Double?
    ) throws -> (record: Record, names: [String]?) {
        var fields = fields
        let names = table.entity == "certificates" ? Self.names(fields.removeValue(forKey: "snis")) : nil
        fields["ttl"] = nil
        try Self.refuseNUL(fields)
        try Self.refuseNumbers(table, fields)
        return (Record(fields, expiry: expiry, cacheKey: table.cacheKey(fields, workspace: workspace)), names)
    }
}

extension WriteTransaction {
    /// No database keeps a NUL inside a text as it came.
    private static func refuseNUL(_ fields: JSONObject) throws(DataError) {
        guard fields.values.contains(where: hasNUL) else { return }
        let found = fields.filter { hasNUL($0.value) }
        throw .schemaViolation(Violations(fields: found.mapValues { _ in "must not contain a NUL character" }))
    }

    private static func hasNUL(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): text.utf8.contains(0)
        case .array(let items): items.contains(where: hasNUL)
        case .object(let members): members.contains { $0.key.utf8.contains(0) || hasNUL($0.value) }
        default: false
        }
    }
}

extension ReadSession {
    func first(_ table: Table, _ key: EntityKey, now: Double?) throws -> Record? {
        switch key {
        case .id(let id): return try first(table, key: id, now: now)
        case .field(let name, let value):
            guard let column = table.column(field: name) else { return nil }
            return try first(table, column: column, value, now: now)
        }
    }
}
