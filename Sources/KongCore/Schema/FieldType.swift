/// The type of a field's value, with what nests inside it.
public indirect enum FieldType: Sendable {
    case string
    case integer
    case number
    case boolean
    case array(FieldSchema)
    case set(FieldSchema)
    case map(keys: FieldSchema, values: FieldSchema)
    case record(RecordSchema)
    /// A reference to an entity, named by its plural: `"services"`.
    case foreign(String)
    case json
    case function
    case any
}

extension FieldType {
    /// The type's name in `/schemas`.
    public var name: String {
        switch self {
        case .string: "string"
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        case .array: "array"
        case .set: "set"
        case .map: "map"
        case .record: "record"
        case .foreign: "foreign"
        case .json: "json"
        case .function: "function"
        case .any: "any"
        }
    }

    /// The entity a foreign field refers to.
    public var reference: String? {
        if case .foreign(let entity) = self { entity } else { nil }
    }

    /// The nested record, when this is one.
    public var record: RecordSchema? {
        if case .record(let record) = self { record } else { nil }
    }
}
