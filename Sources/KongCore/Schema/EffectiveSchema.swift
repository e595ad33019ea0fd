/// An entity's schema with the subschema that one of its fields chose, or just a nested record's schema.
struct EffectiveSchema {
    let record: RecordSchema
    let subschema: Subschema?
    /// The field that must choose a subschema; nil when there is no such field.
    let subschemaKey: String?
    let entity: EntitySchema?
    /// The fields with the subschema's in place of those of the same name.
    let fields: [FieldSchema]

    init(_ record: RecordSchema) {
        self.record = record
        subschema = nil
        subschemaKey = nil
        entity = nil
        fields = record.fields
    }

    init(_ entity: EntitySchema, for input: JSONObject, _ context: SchemaContext) {
        let entity = entity.flavored(context.routerFlavor)
        let base = entity.record
        let chosen = entity.subschema(for: input, context)
        record = base
        self.entity = entity
        subschemaKey = entity.subschemaKey
        subschema = chosen
        fields = chosen.map { base.fields(under: $0.record) } ?? base.fields
    }

    func field(_ name: String) -> FieldSchema? {
        guard let field = record.field(name) else { return nil }
        return subschema?.record.field(name) ?? field
    }

    func field(path: String) -> FieldSchema? {
        if let found = field(path) { return found }
        guard let dot = path.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        return field(String(path[..<dot]))?.type.record?.field(path: String(path[path.index(after: dot)...]))
    }

    /// `top` laid over `bottom`; records merge field by field, everything else is replaced.
    func merge(_ top: JSONObject, over bottom: JSONObject) -> JSONObject {
        var merged = bottom.merging(top) { _, new in new }
        for field in fields {
            guard case .record(let nested) = field.type, !field.flags.contains(.abstract),
                case .object(let upper)? = top[field.name], case .object(let lower)? = bottom[field.name]
            else { continue }
            merged[field.name] = .object(EffectiveSchema(nested).merge(upper, over: lower))
        }
        return merged
    }
}

extension EntitySchema {
    /// The subschema that `input` chooses. Of a set of keys the first that has a subschema counts.
    func subschema(for input: JSONObject, _ context: SchemaContext) -> Subschema? {
        guard let subschemaKey, let subschemas else { return nil }
        switch input[subschemaKey] ?? record.field(subschemaKey)?.default {
        case .string(let name)?: return subschemas(name, context)
        case .array(let names)?:
            for case .string(let name) in names {
                if let found = subschemas(name, context) { return found }
            }
            return nil
        default: return nil
        }
    }
}

extension JSONObject {
    /// The value at a dotted path; nil where it or a parent is absent or null.
    func value(at path: String) -> JSONValue? {
        // Most paths are plain names, and most names are there.
        if let value = self[path] { return value }
        guard let dot = path.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        guard case .object(let nested)? = self[String(path[..<dot])] else { return nil }
        return nested.value(at: String(path[path.index(after: dot)...]))
    }

    /// Sets the value at a dotted path, making the objects on the way.
    mutating func set(_ value: JSONValue, at path: String) {
        guard let dot = path.firstIndex(of: ".") else {
            self[path] = value
            return
        }
        let head = String(path[..<dot])
        var nested: JSONObject = self[head]?.objectValue ?? [:]
        nested.set(value, at: String(path[path.index(after: dot)...]))
        self[head] = .object(nested)
    }
}

extension JSONValue? {
    /// Null, absent, empty text and empty containers are empty.
    var isNonempty: Bool {
        switch self {
        case nil, .null?: false
        case .string(let text)?: !text.isEmpty
        case .array(let elements)?: !elements.isEmpty
        case .object(let members)?: !members.isEmpty
        default: true
        }
    }
}
