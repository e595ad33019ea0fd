// Errors by entity instead of by place in the file, for tools that show them beside what they sent.

/// The flattened form of a declarative configuration's errors.
struct FlattenedErrors {
    private var flattened: [JSONValue] = []
    /// What belongs to no entity.
    private var rest = JSONObject()

    init(input: JSONObject, errors: JSONObject) {
        // Last first: the original takes its errors from the end.
        for (entity, sectionErrors) in errors.sorted(by: { $0.key > $1.key }) {
            guard let schema = Entities.named(entity), case .array(let entities)? = input[entity] else {
                rest[entity] = sectionErrors
                continue
            }
            var leftOver = JSONObject()
            for (key, error) in Self.entries(of: sectionErrors) {
                guard let position = Int(key), entities.indices.contains(position - 1),
                    case .object(let members) = entities[position - 1]
                else {
                    leftOver[key] = error
                    continue
                }
                add(schema, members, error)
            }
            if !leftOver.isEmpty { rest[entity] = .object(leftOver) }
        }
    }

    var dataError: DataError {
        var error = DataError.declarative(rest)
        error.flattenedErrors = flattened
        return error
    }

    /// The members of an object, or the elements of an array by 1-based position; the last first.
    private static func entries(of errors: JSONValue) -> [(String, JSONValue)] {
        switch errors {
        case .object(let members): members.sorted { $0.key > $1.key }.map { ($0.key, $0.value) }
        case .array(let elements):
            elements.enumerated().reversed().filter { !$1.isNull }.map { (String($0 + 1), $1) }
        default: []
        }
    }

    private mutating func add(_ schema: EntitySchema, _ members: JSONObject, _ error: JSONValue) {
        var entity = members
        guard case .object(var errors) = error else {
            append(schema, entity, [["type": "entity", "message": error]])
            return
        }
        let id = Self.identifier(members)
        for (field, reference) in schema.foreignFields {
            guard case .object(let nested)? = entity[field.name], let target = Entities.named(reference) else {
                continue
            }
            entity[field.name] = Self.identifier(nested).map { ["id": .string($0)] }
            if let nestedError = errors.removeValue(forKey: field.name) { add(target, nested, nestedError) }
        }
        for child in Entities.all {
            guard let field = child.foreignFields.first(where: { $0.entity == schema.name })?.field,
                case .array(let items)? = entity[child.name], items.contains(where: { $0.objectValue != nil })
            else { continue }
            entity[child.name] = nil
            guard case .array(let itemErrors)? = errors.removeValue(forKey: child.name) else { continue }
            for (item, itemError) in zip(items, itemErrors) where !itemError.isNull {
                guard case .object(var nested) = item else { continue }
                if nested[field.name] == nil, let id { nested[field.name] = ["id": .string(id)] }
                add(child, nested, itemError)
            }
        }
        let listed = Self.list(.object(errors), path: "")
        if !listed.isEmpty { append(schema, entity, listed) }
    }

    private mutating func append(_ schema: EntitySchema, _ entity: JSONObject, _ errors: [JSONValue]) {
        let name = schema.name.hasSuffix("s") ? String(schema.name.dropLast()) : schema.name
        var flat: JSONObject = [
            "entity_type": .string(name), "entity": .object(entity), "errors": .array(errors),
        ]
        if case .string(let text)? = entity["name"], !text.isEmpty { flat["entity_name"] = .string(text) }
        if let id = Self.identifier(entity) { flat["entity_id"] = .string(id) }
        if case .array(let tags)? = entity["tags"], tags.allSatisfy({ $0.stringValue != nil }) {
            flat["entity_tags"] = .array(tags)
        }
        flattened.append(.object(flat))
    }

    private static func identifier(_ entity: JSONObject) -> String? {
        entity["id"]?.stringValue.flatMap { $0.isUUID ? $0 : nil }
    }

    /// One element per message, fields under their dotted path.
    private static func list(_ errors: JSONValue, path: String) -> [JSONValue] {
        entries(of: errors).flatMap { key, error -> [JSONValue] in
            if key == "@entity" {
                let messages = error.arrayValue ?? [error]
                return messages.map { ["type": "entity", "message": $0] }
            }
            let field = path.isEmpty ? key : "\(path).\(key)"
            switch error {
            case .string: return [["type": "field", "field": .string(field), "message": error]]
            default: return list(error, path: field)
            }
        }
    }
}
