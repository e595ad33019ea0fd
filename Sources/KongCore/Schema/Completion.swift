// Fills a record: expands shorthands, sets automatic fields, applies defaults, gives every field a value.

/// One pass that completes a record before validation or after reading it.
struct Completion {
    enum Kind {
        case insert
        /// Only what the client sent; the stored record supplies the rest.
        case update
        /// What the client sent laid over the stored record.
        case merged
        /// A record from the store; one that an older version wrote may lack fields that are required now.
        case read

        var isInput: Bool { self == .insert || self == .update }
    }

    let kind: Kind
    let context: SchemaContext

    func complete(_ input: JSONObject, _ scheme: EffectiveSchema) throws(Violations) -> JSONObject {
        var output = input
        if kind.isInput { try expandShorthands(scheme.record.shorthandFields, in: &output) }
        output.reserveCapacity(scheme.fields.count)
        for field in scheme.fields {
            let given = output[field.name]
            let value = field.isAuto ? automatic(field, given) : given
            let completed = try complete(value, field)
            // Most values stay what they are, and every look-up costs.
            if let completed, given == nil || field.isAuto || completed.isContainer || completed != given {
                output[field.name] = completed
            }
        }
        return output
    }

    private func automatic(_ field: FieldSchema, _ value: JSONValue?) -> JSONValue? {
        if !kind.isInput { return value }
        if field.isUUID { return kind == .insert && value.isNil ? .string(context.newUUID()) : value }
        switch (field.type, field.name) {
        case (.string, _): return kind == .insert && value == nil ? .string(context.randomString()) : value
        case (_, "created_at"): return kind == .insert && value.isNil ? now(field) : value
        case (_, "updated_at"): return now(field)
        default: return value
        }
    }

    private func now(_ field: FieldSchema) -> JSONValue {
        let now = context.now()
        // Milliseconds at most, as the original's clock has them.
        if case .number = field.type { return .number((now * 1000).rounded() / 1000) }
        return .integer(Int64(exactly: now.rounded(.down)) ?? 0)
    }

    private func complete(_ value: JSONValue?, _ field: FieldSchema) throws(Violations) -> JSONValue? {
        if field.flags.contains(.abstract) { return value }
        guard let value else { return kind == .update ? nil : try missing(field) }
        switch (field.type, value) {
        case (_, .null):
            return kind == .read && field.required ? try missing(field) ?? value : value
        case (.record(let record), .object(let members)):
            let completed = try complete(members, EffectiveSchema(record))
            // What another release stored and this one does not know is no part of the record.
            guard kind == .read, completed.count > record.fields.count else { return .object(completed) }
            return .object(completed.filter { record.field($0.key) != nil })
        case (.record(let record), .array(let elements)) where elements.isEmpty:
            return .object(try complete([:], EffectiveSchema(record)))
        case (.array(let element), .array(let elements)):
            return .array(try complete(elements, element))
        case (.set(let element), .array(let elements)):
            return .array(try complete(elements.uniqued(), element))
        case (.array, .object(let members)) where members.isEmpty, (.set, .object(let members)) where members.isEmpty:
            return .array([])
        case (.map(_, let values), .object(let members)):
            var completed = members
            for (key, member) in members { completed[key] = try complete(member, values) }
            return .object(completed)
        case (.map, .array(let elements)) where elements.isEmpty:
            return .object([:])
        case (.integer, .number(let number)), (.number, .number(let number)):
            // One form for whole numbers, so that equal values are equal.
            return Int64(exactly: number).map(JSONValue.integer) ?? value
        default:
            return value
        }
    }

    private func complete(_ elements: [JSONValue], _ element: FieldSchema) throws(Violations) -> [JSONValue] {
        // Plain strings and numbers need no second look.
        if case .string = element.type { return elements }
        var completed: [JSONValue] = []
        completed.reserveCapacity(elements.count)
        for value in elements { completed.append(try complete(value, element) ?? value) }
        return completed
    }

    /// The value of a field that nobody set; nil when it must be given.
    private func missing(_ field: FieldSchema) throws(Violations) -> JSONValue? {
        if let value = field.default { return value.isNull ? value : try complete(value, field) }
        guard field.required else { return .null }
        guard case .record(let record) = field.type else { return nil }
        return .object(try complete([:], EffectiveSchema(record)))
    }

    private func expandShorthands(_ shorthands: [ShorthandField], in data: inout JSONObject) throws(Violations) {
        var errors = JSONObject()
        let validator = Validator(context: context, updating: false)
        for shorthand in shorthands {
            let name = shorthand.field.name
            guard let value = data[name] ?? (kind == .insert ? shorthand.absentValue : nil) else { continue }
            if let error = validator.validate(value, shorthand.field) {
                errors[name] = error
            } else if let error = mismatch(shorthand, value, data) {
                errors[name] = .string(error)
            } else {
                data[name] = nil
                if let expansion = shorthand.expand(value) {
                    data.apply(expansion, yielding: shorthand.field.deprecation != nil)
                }
            }
        }
        if !errors.isEmpty { throw Violations(fields: errors) }
    }

    private func mismatch(_ shorthand: ShorthandField, _ value: JSONValue, _ data: JSONObject) -> String? {
        guard !value.isNull, let deprecation = shorthand.field.deprecation else { return nil }
        for path in deprecation.replacedWith {
            guard let new = data.value(at: path), !new.isNull, new != value else { continue }
            return Message.mismatch(shorthand.field.name, value, path, new)
        }
        return nil
    }
}

extension JSONValue {
    fileprivate var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}

extension JSONValue? {
    /// Absent or null.
    fileprivate var isNil: Bool { self == nil || self == .some(.null) }
}

extension [JSONValue] {
    /// The elements without the repetitions of scalars.
    fileprivate func uniqued() -> [JSONValue] {
        var seen = Set<JSONValue>(minimumCapacity: count)
        return filter { element in
            switch element {
            case .array, .object: true
            default: seen.insert(element).inserted
            }
        }
    }
}

extension JSONObject {
    /// Merges what a shorthand stands for; one that is deprecated yields to what is there already.
    fileprivate mutating func apply(_ expansion: JSONObject, yielding: Bool) {
        for (key, value) in expansion {
            if case .object(let members) = value {
                var nested = self[key]?.objectValue ?? [:]
                nested.apply(members, yielding: yielding)
                self[key] = .object(nested)
            } else if !yielding || self[key].isNil {
                self[key] = value
            }
        }
    }
}
