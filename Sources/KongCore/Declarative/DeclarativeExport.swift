/// The file that recreates a configuration.
public enum DeclarativeExport {
    /// The members of the file in their order: format, then lists in dependency order.
    /// - Parameter entities: every stored record, by entity.
    public static func file(_ entities: [(entity: String, records: [JSONObject])]) -> [(key: String, value: JSONValue)]
    {
        var members: [(key: String, value: JSONValue)] = [("_format_version", "3.0"), ("_transform", false)]
        for schema in Entities.all where schema.dbExport {
            let records = entities.filter { $0.entity == schema.name }.flatMap(\.records)
            if records.isEmpty { continue }
            members.append((schema.name, .array(records.map { .object(exported($0, schema)) })))
        }
        return members
    }

    /// Foreign fields as plain ids; nothing that is not stored.
    public static func exported(_ record: JSONObject, _ schema: EntitySchema) -> JSONObject {
        var exported = record
        exported["ws_id"] = nil
        // A store has columns that are fields in another flavour of the router only.
        let known = Set(schema.record.fields.map(\.name))
        exported = exported.filter { !$0.value.isNull || known.contains($0.key) }
        for field in schema.record.fields {
            if field.isTransient { exported[field.name] = nil }
            if field.type.reference != nil, let id = exported[field.name]?["id"] { exported[field.name] = id }
        }
        return exported
    }
}
