import KongCore

/// A stored entity with what the table holds beside its fields.
public struct Record: Sendable {
    /// Every stored schema field, `.null` where absent.
    public var fields: JSONObject
    /// Unix time at which the entity expires.
    public var expiry: Double?
    /// The joined value of the fields that are unique together.
    public var cacheKey: String?

    public init(_ fields: JSONObject, expiry: Double? = nil, cacheKey: String? = nil) {
        self.fields = fields
        self.expiry = expiry
        self.cacheKey = cacheKey
    }

    func key(_ table: Table) -> String { fields[table.key]?.stringValue ?? "" }

    /// The id that a foreign field holds.
    func foreignID(_ field: String) -> String? { fields.reference(field) }

    /// As the sink keeps it: an expiring entity carries its absolute expiry (Unix seconds) in `ttl`.
    func forSink(_ table: Table) -> JSONObject {
        guard table.hasTTL else { return fields }
        var fields = fields
        fields["ttl"] = expiry.map(JSONValue.number) ?? .null
        return fields
    }

    /// As the sink keeps it, of whatever version the store's row is.
    func forSink(_ table: Table, _ context: SchemaContext) -> JSONObject {
        let fields = forSink(table)
        return table.holdsStructures ? table.schema.completed(fields, context) : fields
    }

    /// As the REST API shows it: an expiring entity carries its remaining whole seconds in `ttl`.
    func forClients(_ table: Table, now: Double) -> JSONObject {
        guard table.hasTTL else { return fields }
        var fields = fields
        fields["ttl"] = expiry.map { .integer(Int64(max(0, ($0 - now).rounded(.down)))) } ?? .null
        return fields
    }
}

extension Table {
    /// `<entity>:<v1>:…:<v5>:<workspace>` as Kong writes it; `keys` leaves the workspace out.
    func cacheKey(_ fields: JSONObject, workspace: String) -> String? {
        guard hasCacheKey else { return nil }
        var parts = schema.cacheKey.map { name -> String in
            switch fields[name] {
            case .object(let reference): reference.id ?? ""
            case .string(let text): text
            case .integer(let number): String(number)
            case .bool(let flag): String(flag)
            default: ""
            }
        }
        if entity == "keys" { return ([entity] + parts).joined(separator: ":") }
        while parts.count < 5 { parts.append("") }
        return ([entity] + parts + [schema.workspaceable ? workspace : ""]).joined(separator: ":")
    }
}
