import KongCore

// Declarations as JSON Schema 2020-12, the dialect of OpenAPI 3.1.

enum JSONSchemaUse {
    /// What an answer holds: every field, null where absent.
    case output
    /// What creates or replaces an entity.
    case input
    /// What changes one: nothing is required.
    case update
}

extension EntitySchema {
    func openAPI(for use: JSONSchemaUse) -> JSONObject {
        var schema = record.openAPI(for: use)
        if use == .output {
            // A subschema and deprecated names add to it.
            schema["additionalProperties"] = nil
            schema["required"] = .array(
                record.fields.filter { !$0.isTransient }.map { .string($0.name) })
        } else if ttl {
            var properties = schema["properties"]?.objectValue ?? [:]
            properties["ttl"] = ["type": ["integer", "null"], "minimum": 0, "maximum": 100_000_000]
            schema["properties"] = .object(properties)
        }
        return schema
    }
}

extension RecordSchema {
    func openAPI(for use: JSONSchemaUse) -> JSONObject {
        var properties = JSONObject()
        for field in fields where !field.flags.contains(.hidden) {
            properties[field.name] = .object(field.openAPI(for: use))
        }
        var schema: JSONObject = ["type": "object"]
        if use != .output {
            for shorthand in shorthandFields where properties[shorthand.field.name] == nil {
                properties[shorthand.field.name] = .object(shorthand.field.openAPI(for: use))
            }
            schema["additionalProperties"] = false
        }
        if use == .input {
            let required = fields.filter { $0.required && $0.default == nil && !$0.isAuto && $0.type.record == nil }
            // A shorthand may stand for a required field.
            if !required.isEmpty, shorthandFields.isEmpty {
                schema["required"] = .array(required.map { .string($0.name) })
            }
        }
        schema["properties"] = .object(properties)
        return schema
    }
}

extension FieldSchema {
    func openAPI(for use: JSONSchemaUse) -> JSONObject {
        var schema = type.openAPI(for: use)
        for check in checks { check.openAPI(into: &schema) }
        if let values = schema["enum"]?.arrayValue, !required { schema["enum"] = .array(values + [.null]) }
        if !required || use != .output, let name = schema["type"]?.stringValue {
            schema["type"] = [.string(name), "null"]
        }
        if let description { schema["description"] = .string(description) }
        if let `default`, use != .output { schema["default"] = `default` }
        if deprecation != nil { schema["deprecated"] = true }
        return schema
    }
}

extension FieldType {
    fileprivate func openAPI(for use: JSONSchemaUse) -> JSONObject {
        switch self {
        case .string, .function: ["type": "string"]
        case .integer: ["type": "integer"]
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .array(let element): ["type": "array", "items": .object(element.openAPI(for: use))]
        case .set(let element): ["type": "array", "items": .object(element.openAPI(for: use))]
        case .map(_, let values): ["type": "object", "additionalProperties": .object(values.openAPI(for: use))]
        case .record(let record):
            // Without fields of its own a record is filled by a subschema.
            record.fields.isEmpty ? ["type": "object"] : record.openAPI(for: use == .input ? .update : use)
        case .foreign:
            use == .output
                ? ["type": "object", "required": ["id"], "properties": ["id": ["type": "string", "format": "uuid"]]]
                : ["type": "object", "properties": ["id": ["type": "string", "format": "uuid"]]]
        case .json, .any: [:]
        }
    }
}

extension FieldCheck {
    fileprivate func openAPI(into schema: inout JSONObject) {
        let isText = schema["type"] == "string"
        switch self {
        case .oneOf(let values): schema["enum"] = .array(values)
        case .equal(let value): schema["const"] = value
        case .greaterThan(let bound): schema["exclusiveMinimum"] = .number(bound)
        case .between(let low, let high):
            schema["minimum"] = .number(low)
            schema["maximum"] = .number(high)
        case .uuid: schema["format"] = "uuid"
        case .lengthMin(let length): schema[isText ? "minLength" : "minItems"] = .integer(Int64(length))
        case .lengthMax(let length): schema[isText ? "maxLength" : "maxItems"] = .integer(Int64(length))
        default: break
        }
    }
}
