// The entry points of validation. A record passes through here before any store sees it.

extension EntitySchema {
    public enum InsertKind: Sendable {
        case insert, upsert
    }

    /// The record to store for `input`: shorthands expanded, defaults and automatic fields filled, validated.
    /// - Parameter transform: false for exported records, whose secrets are hashed already.
    public func insert(
        _ input: JSONObject, _ context: SchemaContext, kind: InsertKind = .insert, transform: Bool = true
    ) throws(Violations) -> JSONObject {
        let scheme = EffectiveSchema(self, for: input, context)
        let completed = try Completion(kind: .insert, context: context).complete(input, scheme)
        return try finish(
            completed, scheme: scheme, original: input, stored: nil, transforms: transform, context)
    }

    /// The record to store when `input` is laid over `stored`: nested records merge, everything else is replaced.
    public func update(
        _ input: JSONObject, stored: JSONObject, _ context: SchemaContext
    ) throws(Violations) -> JSONObject {
        var keyed = input
        if let key = subschemaKey, keyed[key] == nil { keyed[key] = stored[key] }
        let scheme = EffectiveSchema(self, for: keyed, context)
        let expanded = try Completion(kind: .update, context: context).complete(input, scheme)
        // What a store keeps for another flavour of the router stays as it is.
        let hidden = hiddenFields(context)
        let merged = scheme.merge(expanded, over: hidden.isEmpty ? stored : stored.filter { !hidden.contains($0.key) })
        let completed = try Completion(kind: .merged, context: context).complete(merged, scheme)
        var record = try finish(
            completed, scheme: scheme, original: input, stored: stored, transforms: true, context)
        for name in hidden { record[name] = stored[name] }
        return record
    }

    /// Validates a completed record and runs the transformations on it.
    private func finish(
        _ record: JSONObject, scheme: EffectiveSchema, original: JSONObject, stored: JSONObject?,
        transforms: Bool, _ context: SchemaContext
    ) throws(Violations) -> JSONObject {
        let validator = Validator(context: context, updating: stored != nil)
        var violations = validator.validate(record, scheme)
        if let stored { checkImmutable(record, stored: stored, &violations) }
        if transforms { checkTransformations(record, original: original, stored: stored, &violations) }
        if !violations.isEmpty { throw violations }
        if let refusal = refusal?(record, context) { throw refusal }
        return transforms ? try transform(record, original: original, context) : record
    }

    private func checkImmutable(_ record: JSONObject, stored: JSONObject, _ violations: inout Violations) {
        for field in self.record.fields where field.flags.contains(.immutable) {
            guard let old = stored[field.name], !old.isNull, record[field.name] != old else { continue }
            violations.fields[field.name] = .string(Message.immutable)
        }
    }

    /// A transformation that has some of its inputs must have all of them.
    private func checkTransformations(
        _ record: JSONObject, original: JSONObject, stored: JSONObject?, _ violations: inout Violations
    ) {
        for transformation in transformations {
            let isGiven = transformation.input.contains { original.value(at: $0).isNonempty }
            // Kong compares what the client sent with the stored row; a need that was not sent counts as changed.
            let needsChanged =
                stored.map { row in transformation.needs.contains { original.value(at: $0) != row.value(at: $0) } }
                ?? false
            guard isGiven || needsChanged else { continue }
            let names = transformation.input + transformation.needs
            let set = names.filter { (needsChanged ? original : record).value(at: $0).isNonempty }
            guard !set.isEmpty, set.count < names.count else { continue }
            violations.entity.append(Message.mutuallyRequired(names))
        }
    }

    private func transform(
        _ record: JSONObject, original: JSONObject, _ context: SchemaContext
    ) throws(Violations) -> JSONObject {
        var output = record
        for transformation in transformations {
            guard transformation.input.allSatisfy({ original.value(at: $0).isNonempty }),
                transformation.needs.allSatisfy({ output.value(at: $0).isNonempty })
            else { continue }
            try transformation.apply(&output, context)
        }
        return output
    }
}
