/// One entity of a declarative file, with the children nested in it.
final class DeclarativeNode {
    let schema: EntitySchema
    /// What was written, without nested children and annotations.
    var fields: JSONObject
    /// 0-based position in its list.
    let position: Int
    /// Weak, because the parent holds its children.
    private(set) weak var parent: DeclarativeNode?
    /// The field by which this refers to `parent`.
    let parentField: String?
    var children: [(entity: String, nodes: [DeclarativeNode])] = []
    /// Whether the id means nothing to another reading of the same file.
    var hasRandomID = false
    /// The record to store, once validated.
    var record = JSONObject()
    /// Errors of this entity, and of child lists that are no lists.
    var errors = JSONObject()

    init(_ schema: EntitySchema, fields: JSONObject, position: Int, parent: DeclarativeNode?, parentField: String?) {
        self.schema = schema
        self.fields = fields
        self.position = position
        self.parent = parent
        self.parentField = parentField
    }

    var name: String { schema.name }

    /// The primary key as one text; nil while it is not complete.
    var primaryKeyText: String? {
        var parts: [String] = []
        for key in schema.primaryKey {
            guard let value = (record[key] ?? fields[key]), !value.isNull else { return nil }
            parts.append(value.luaBareText)
        }
        return parts.joined(separator: ":")
    }

    /// The value by which others may refer to this instead of its id.
    var key: String? {
        guard let name = schema.endpointKey, schema.record.field(name)?.unique == true else { return nil }
        return fields[name]?.stringValue
    }

    /// This node's errors with those of its descendants, shaped like the input; empty when all is well.
    func collectedErrors() -> JSONObject {
        var collected = errors
        for (entity, nodes) in children {
            if let list = Self.list(of: nodes) { collected[entity] = list }
        }
        return collected
    }

    /// The errors of a list, null where an element has none.
    static func list(of nodes: [DeclarativeNode]) -> JSONValue? {
        var list: [JSONValue] = []
        for node in nodes {
            let errors = node.collectedErrors()
            if errors.isEmpty { continue }
            list.append(contentsOf: repeatElement(.null, count: max(0, node.position - list.count)))
            // What is no object at all has a text for an error.
            list.append(errors[Self.wholeKey] ?? .object(errors))
        }
        return list.isEmpty ? nil : .array(list)
    }

    /// Stands for an element that could not be read at all; no field has this name.
    static let wholeKey = ""
}
