import KongCore

// A certificate's `snis`: on the wire a list of names, in the store rows of their own.
extension WriteTransaction {
    /// The wanted names; nil leaves them as they are.
    static func names(_ value: JSONValue?) -> [String]? {
        switch value {
        case nil: nil
        case .array(let names)?: names.compactMap(\.stringValue)
        default: []
        }
    }

    /// Makes `names` the names of a certificate: missing rows come, others go.
    func setNames(_ names: [String], ofCertificate id: String) throws {
        let table = try layout.table("snis")
        guard let nameColumn = table.column(field: "name"), let owner = table.column(field: "certificate") else {
            return
        }
        try Self.refuseDuplicates(names)
        let current = try session.select(Query(table, [.equals(column: owner.name, .string(id))], now: nil))
        let kept = Set(current.compactMap { $0.fields["name"]?.stringValue })
        let wanted = Set(names)
        for name in names where !kept.contains(name) {
            if let other = try session.first(table, column: nameColumn, .string(name), now: nil) {
                let holder = other.foreignID("certificate") ?? ""
                throw Self.invalid("\(name) already associated with existing certificate '\(holder)'")
            }
        }
        for row in current where !wanted.contains(row.fields["name"]?.stringValue ?? "") { try remove(table, row) }
        for name in names where !kept.contains(name) {
            let fields: JSONObject
            do {
                fields = try table.schema.insert(["name": .string(name), "certificate": ["id": .string(id)]], context)
            } catch {
                throw DataError.schemaViolation(Violations(fields: ["snis": .object(error.fields)]))
            }
            _ = try insert(table, fields, expiry: nil)
        }
    }

    static func refuseDuplicates(_ names: [String]) throws {
        var seen = Set<String>()
        for name in names where !seen.insert(name).inserted { throw invalid("\(name) is duplicated") }
    }

    private static func invalid(_ error: String) -> DataError {
        .schemaViolation(Violations(fields: ["snis": .string(error)]))
    }
}

extension ReadSession {
    /// Gives certificates their sorted list of names; other entities pass through.
    func attachNames(_ records: [JSONObject], _ table: Table, _ layout: Layout) throws -> [JSONObject] {
        guard table.entity == "certificates", !records.isEmpty, let snis = layout.find("snis") else { return records }
        let ids = records.compactMap(\.id)
        var names: [String: [String]] = [:]
        for row in try select(Query(snis, [.oneOf(column: "certificate_id", ids)], now: nil)) {
            guard let id = row.foreignID("certificate"), let name = row.fields["name"]?.stringValue else { continue }
            names[id, default: []].append(name)
        }
        return records.map { record in
            var record = record
            let own = (names[record.id ?? ""] ?? []).sorted()
            record["snis"] = .array(own.map(JSONValue.string))
            return record
        }
    }
}
