/// What is wrong with an entity: messages on the whole, and errors by field.
public struct Violations: Error, Sendable {
    public var entity: [String]
    /// Texts, objects of nested errors, or arrays with null for the elements that are fine.
    public var fields: JSONObject

    public init(entity: [String] = [], fields: JSONObject = [:]) {
        self.entity = entity
        self.fields = fields
    }

    public var isEmpty: Bool { entity.isEmpty && fields.isEmpty }

    /// The fields with the entity's messages under `@entity`, as the REST API shows them.
    public var allFields: JSONObject {
        var all = fields
        if !entity.isEmpty { all["@entity"] = .array(entity.map(JSONValue.string)) }
        return all
    }
}

extension Violations {
    /// `schema violation (…)`, or `2 schema violations (…; …)`: the entity's messages first, then fields by name.
    public var message: String {
        var listed = entity
        for (name, error) in fields.sorted(by: { $0.key < $1.key }) {
            switch error {
            case .object(let nested):
                for (key, nestedError) in nested.sorted(by: { $0.key < $1.key }) {
                    listed.append("\(name).\(key): \(nestedError.luaNestedText)")
                }
            case .array(let elements):
                for (index, nestedError) in elements.enumerated() where !nestedError.isNull {
                    listed.append("\(name).\(index + 1): \(nestedError.luaNestedText)")
                }
            default: listed.append("\(name): \(error.luaBareText)")
            }
        }
        let text = listed.joined(separator: "; ")
        return listed.count == 1 ? "schema violation (\(text))" : "\(listed.count) schema violations (\(text))"
    }
}

extension JSONValue {
    /// Tables take several lines here, as Kong prints them.
    fileprivate var luaNestedText: String {
        if case .string(let text) = self { text } else { luaPrettyText }
    }
}
