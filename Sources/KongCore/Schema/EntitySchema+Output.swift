// What clients see of stored records.

extension EntitySchema {
    /// The record as the REST API shows it: every field present, null where absent; deprecated fields echoed;
    /// columns that are no fields left out.
    public func output(_ stored: JSONObject, _ context: SchemaContext) -> JSONObject {
        let scheme = EffectiveSchema(self, for: stored, context)
        var shown = scheme.shown(scheme.completed(stored, context))
        if ttl { shown["ttl"] = stored["ttl"] ?? .null }
        return shown
    }

    /// A stored record as this version would have stored it: fields that came later have their defaults, an empty list
    /// is a list.
    public func completed(_ stored: JSONObject, _ context: SchemaContext) -> JSONObject {
        EffectiveSchema(self, for: stored, context).completed(stored, context)
    }
}

extension EffectiveSchema {
    fileprivate func completed(_ stored: JSONObject, _ context: SchemaContext) -> JSONObject {
        // Reading never refuses.
        (try? Completion(kind: .read, context: context).complete(stored, self)) ?? stored
    }
}

extension EffectiveSchema {
    fileprivate func shown(_ members: JSONObject) -> JSONObject {
        var shown = JSONObject(minimumCapacity: members.count)
        for field in fields {
            if let value = members[field.name], !(field.isTransient && value.isNull), !field.flags.contains(.hidden) {
                shown[field.name] = Self.shown(value, field)
            }
        }
        for shorthand in record.shorthandFields {
            if let echo = shorthand.echo { shown[shorthand.field.name] = shown.value(at: echo) ?? .null }
        }
        return shown
    }

    private static func shown(_ value: JSONValue, _ field: FieldSchema) -> JSONValue {
        // Of a kind that this node does not know: as it was stored.
        if field.flags.contains(.abstract) { return value }
        switch (field.type, value) {
        case (.record(let record), .object(let members)):
            return .object(EffectiveSchema(record).shown(members))
        case (.array(let element), .array(let elements)), (.set(let element), .array(let elements)):
            guard element.type.record != nil else { return value }
            return .array(elements.map { shown($0, element) })
        case (.map(_, let values), .object(let members)) where values.type.record != nil:
            return .object(members.mapValues { shown($0, values) })
        case (.string, .string("")) where field.minimumLength > 0:
            return .null
        default:
            return value
        }
    }
}

extension FieldSchema {
    /// Text must have one byte unless the field says otherwise.
    fileprivate var minimumLength: Int {
        for case .lengthMin(let count) in checks { return count }
        return 1
    }
}
