import KongCore

// Deleting, with what Kong's schemas say about the rows that refer to the deleted one.
extension WriteTransaction {
    func delete(_ table: Table, _ record: Record) throws {
        if table.entity == "ca_certificates" { try refuseIfInUse(caCertificate: record.key(table)) }
        try refuseIfReferenced(table, record)
        try remove(table, record)
    }

    /// Removes a row after its children, deepest first, each as a change of its own.
    func remove(_ table: Table, _ record: Record) throws {
        let id = record.key(table)
        for reference in layout.references(to: table.entity) where reference.onDelete != .restrict {
            for child in try children(reference, of: id) {
                switch reference.onDelete {
                case .cascade:
                    try refuseIfReferenced(reference.table, child)
                    try remove(reference.table, child)
                case .null:
                    var fields = child.fields
                    fields[reference.column.field] = .null
                    _ = try replace(reference.table, child, by: fields, expiry: child.expiry)
                case .restrict: break
                }
            }
        }
        do { try session.delete(id, from: table) } catch let failure as ConstraintFailure {
            throw try explain(failure, record, table, inserting: false)
        }
        changes.append(
            EntityChange(entity: table.entity, id: id, operation: .delete, old: record.forSink(table)))
    }

    private func refuseIfReferenced(_ table: Table, _ record: Record) throws {
        let id = record.key(table)
        for reference in layout.references(to: table.entity) where reference.onDelete == .restrict {
            guard try children(reference, of: id, limit: 1).isEmpty else {
                throw DataError.referenced(parent: table.entity, by: reference.table.entity)
            }
        }
    }

    private func children(_ reference: Layout.Reference, of id: String, limit: Int? = nil) throws -> [Record] {
        let filter = Query.Filter.equals(column: reference.column.name, .string(id))
        return try session.select(Query(reference.table, [filter], limit: limit, now: nil))
    }

    /// Services and plugins refer to CA certificates from lists, which no foreign key guards.
    private func refuseIfInUse(caCertificate id: String) throws {
        for (entity, column) in [("services", "ca_certificates"), ("plugins", "config")] {
            guard let table = layout.find(entity) else { continue }
            for row in try session.select(Query(table, [.contains(column: column, id)], now: now)) {
                let holder = entity == "services" ? row.fields[column] : row.fields[column]?["ca_certificates"]
                guard holder?.arrayValue?.contains(.string(id)) == true else { continue }
                throw DataError.referencedByOthers(
                    "ca certificate \(id) is still referenced by \(entity) (id = \(row.key(table)))")
            }
        }
    }
}
