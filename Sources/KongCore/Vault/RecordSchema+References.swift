extension RecordSchema {
    /// The record with the references in its referenceable fields replaced by their values.
    /// - Parameter value: nil leaves the reference where it is.
    public func dereferenced(_ record: JSONObject, _ value: (String) -> String?) -> JSONObject {
        guard record.values.contains(where: \.holdsReference) else { return record }
        var record = record
        for field in fields {
            guard let given = record[field.name], given.holdsReference else { continue }
            record[field.name] = field.dereferenced(given, value)
        }
        return record
    }
}

extension FieldSchema {
    fileprivate func dereferenced(_ given: JSONValue, _ value: (String) -> String?) -> JSONValue {
        switch (type, given) {
        case (_, .string(let text)):
            guard isReferenceable, text.isVaultReference else { return given }
            return value(text).map { .string($0) } ?? given
        case (.record(let schema), .object(let record)):
            return .object(schema.dereferenced(record, value))
        case (.array(let element), .array(let items)), (.set(let element), .array(let items)):
            return .array(items.map { element.dereferenced($0, value) })
        case (.map(_, let element), .object(let members)):
            return .object(members.mapValues { element.dereferenced($0, value) })
        default:
            return given
        }
    }
}

extension JSONValue {
    /// Whether a string in it has the form of a reference.
    public var holdsReference: Bool {
        switch self {
        case .string(let text): text.isVaultReference
        case .array(let items): items.contains(where: \.holdsReference)
        case .object(let members): members.values.contains(where: \.holdsReference)
        default: false
        }
    }
}
