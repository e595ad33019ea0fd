// Checks values against fields and records against schemas. Collects every violation instead of stopping at one.

/// One validation of a completed record.
struct Validator {
    let context: SchemaContext
    /// Some texts differ when an entity is updated.
    let updating: Bool

    /// Everything that is wrong with `input`.
    /// - Parameter complete: refuse required fields that are absent, not only those that are null.
    func validate(_ input: JSONObject, _ scheme: EffectiveSchema, complete: Bool = true) -> Violations {
        if let refusal = missingSubschema(input, scheme) { return refusal }
        var violations = Violations()
        var known = 0
        for (index, field) in scheme.fields.enumerated() {
            let value = input[field.name]
            if let value {
                known += 1
                if !isUnvalidated(field.name, scheme), let error = validate(value, field) {
                    violations.fields[field.name] = error
                }
            }
            let isMissing = value.map { $0.isNull } ?? complete
            if isMissing, scheme.record.fields[index].required {
                violations.fields[field.name] = .string(Message.required)
            }
        }
        if known < input.count {
            for name in input.keys where scheme.record.field(name) == nil && !isUnvalidated(name, scheme) {
                violations.fields[name] = .string(Suggestion.unknownField(name, among: scheme.record))
            }
        }
        run(scheme.record.entityChecks, on: input, scheme, complete: complete, &violations)
        if let subschema = scheme.subschema {
            run(subschema.record.entityChecks, on: input, scheme, complete: complete, &violations)
        }
        return violations
    }

    /// The error of a value, nil when it is acceptable.
    func validate(_ value: JSONValue, _ field: FieldSchema) -> JSONValue? {
        validate(value, field, required: field.required)
    }

    private func isUnvalidated(_ name: String, _ scheme: EffectiveSchema) -> Bool {
        name == "updated_at" || (name == "ttl" && scheme.entity?.ttl == true)
    }

    /// Without its subschema an entity cannot be judged any further.
    private func missingSubschema(_ input: JSONObject, _ scheme: EffectiveSchema) -> Violations? {
        guard let key = scheme.subschemaKey, scheme.subschema == nil else { return nil }
        let name: String
        switch input[key] {
        case nil, .null?: return Violations(fields: [key: .string(Message.required)])
        case .array(let elements)?: name = elements.first?.luaBareText ?? "nil"
        case let value?: name = value.luaBareText
        }
        let template = scheme.entity?.subschemaError
        let text = template.map { $0.replacing("%s", with: name) } ?? Message.subschemaUnknown(name)
        let known = scheme.entity?.name == "plugins" ? context.plugins.all.map(\.name) : []
        let suggestion = Suggestion.nearest(to: name, among: known).map { " (did you mean '\($0)'?)" } ?? ""
        return Violations(fields: [key: .string(text + suggestion)])
    }

    // MARK: - One value

    private func validate(_ value: JSONValue, _ field: FieldSchema, required: Bool) -> JSONValue? {
        if value.isNull {
            if field.flags.contains(.mustNotBeNull) { return .string(field.error ?? Message.notEqual(.null)) }
            for case .equal(let wanted) in field.checks { return .string(Message.equal(wanted)) }
            return required ? .string(Message.required) : nil
        }
        if field.flags.contains(.mustBeNull) { return .string(field.error ?? Message.equal(.null)) }
        if field.flags.contains(.abstract) { return .string(Message.abstract) }
        if let error = typeError(value, field) { return error }
        if case .string(let text) = value, field.isReferenceable, text.isVaultReference { return nil }
        return checkError(value, field)
    }

    private func typeError(_ value: JSONValue, _ field: FieldSchema) -> JSONValue? {
        switch (field.type, value) {
        case (.string, .string), (.number, .number), (.number, .integer), (.integer, .integer), (.boolean, .bool),
            (.json, _), (.any, _):
            return nil
        case (.array(let element), .array(let elements)), (.set(let element), .array(let elements)):
            return errors(of: elements, element)
        case (.map(let keys, let values), .object(let members)):
            return error(of: members, keys, values)
        case (.record(let record), .object(let members)):
            let nested = validate(members, EffectiveSchema(record))
            return nested.isEmpty ? nil : .object(nested.allFields)
        case (.foreign(let entity), _):
            return foreignError(value, entity)
        case (.string, _): return .string(Message.string)
        case (.number, _): return .string(Message.number)
        case (.integer, _): return .string(Message.integer)
        case (.boolean, _): return .string(Message.boolean)
        case (.array, _): return .string(Message.array)
        case (.set, _): return .string(Message.set)
        case (.map, .array): return .string(Message.string)
        case (.map, _): return .string(Message.map)
        case (.record, _): return .string(Message.record)
        case (.function, _): return .string(Message.function)
        }
    }

    /// An array with null for each element that is fine; nil when all are. Elements are always required.
    private func errors(of elements: [JSONValue], _ element: FieldSchema) -> JSONValue? {
        var errors: [JSONValue] = []
        for (index, value) in elements.enumerated() {
            guard let error = validate(value, element, required: true) else { continue }
            errors.append(contentsOf: repeatElement(.null, count: index - errors.count))
            errors.append(error)
        }
        return errors.isEmpty ? nil : .array(errors)
    }

    private func error(of members: JSONObject, _ keys: FieldSchema, _ values: FieldSchema) -> JSONValue? {
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            if let error = validate(.string(key), keys, required: true) { return error }
            if let error = validate(value, values, required: true) { return error }
        }
        return nil
    }

    private func foreignError(_ value: JSONValue, _ entity: String) -> JSONValue? {
        guard let schema = Entities.named(entity) else { return nil }
        var errors = JSONObject()
        for name in schema.primaryKey {
            switch value[name] {
            case nil: errors[name] = .string(Message.missingPrimaryKey)
            case .null?: errors[name] = .string(Message.required)
            case let key?: errors[name] = schema.record.field(name).flatMap { validate(key, $0) }
            }
        }
        if errors.isEmpty { return nil }
        // What else was sent in place of a key is judged as a part of the entity.
        if case .object(let members) = value {
            let scheme = EffectiveSchema(schema, for: members, context)
            let partial = validate(members, scheme, complete: false)
            if !partial.isEmpty { return .object(partial.allFields) }
        }
        return .object(errors)
    }

    private func checkError(_ value: JSONValue, _ field: FieldSchema) -> JSONValue? {
        var lengthChecked = false
        for check in field.checks {
            // Empty text is refused unless the field says otherwise, in the place of its length check.
            if case .string = field.type, !lengthChecked, check.rank >= FieldCheck.lengthMin(0).rank {
                lengthChecked = true
                if case .lengthMin = check {} else if let error = emptyError(value, field) { return error }
            }
            guard let error = check.error(value, context) else { continue }
            return field.error.map(JSONValue.string) ?? error
        }
        if case .string = field.type, !lengthChecked { return emptyError(value, field) }
        return nil
    }

    private func emptyError(_ value: JSONValue, _ field: FieldSchema) -> JSONValue? {
        value == .string("") ? .string(field.error ?? Message.lengthMin(1)) : nil
    }
}
