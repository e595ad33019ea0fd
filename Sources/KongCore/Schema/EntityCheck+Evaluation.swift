// Rules over several fields. Paths may lead into nested records.

extension Validator {
    func run(
        _ checks: [EntityCheck], on input: JSONObject, _ scheme: EffectiveSchema, complete: Bool,
        _ violations: inout Violations
    ) {
        for check in checks where isRunnable(check, input, scheme, complete: complete, &violations) {
            run(check, on: input, scheme, &violations)
        }
    }

    /// Whether a check sees what it needs; reports the fields that it misses.
    private func isRunnable(
        _ check: EntityCheck, _ input: JSONObject, _ scheme: EffectiveSchema, complete: Bool,
        _ violations: inout Violations
    ) -> Bool {
        var missing: [String] = []
        var isAnyPresent = false
        var isAnyInvalid = false
        for name in check.sources {
            if let value = input.value(at: name) {
                isAnyPresent = true
                // What a reference stands for is not known here.
                if case .string(let text) = value, text.isVaultReference,
                    scheme.field(path: name)?.isReferenceable == true
                {
                    return false
                }
            } else if check.requiredSources.contains(name) {
                missing.append(name)
            }
            if violations.fields[name] != nil { isAnyInvalid = true }
        }
        if isAnyInvalid && !check.runsWithInvalidFields { return false }
        if !isAnyPresent && !(check.runsWithMissingFields && complete) { return false }
        let text = updating ? Message.requiredForCheck + " when updating" : Message.requiredForCheck
        for name in missing { violations.fields.setError(.string(text), at: name) }
        return missing.isEmpty
    }

    private func run(
        _ check: EntityCheck, on input: JSONObject, _ scheme: EffectiveSchema, _ violations: inout Violations
    ) {
        func nonempty(_ names: [String]) -> [String] { names.filter { input.value(at: $0).isNonempty } }
        switch check {
        case .atLeastOneOf(let names):
            if nonempty(names).isEmpty { violations.entity.append(updatePrefix + Message.atLeastOneOf(names)) }
        case .onlyOneOf(let names):
            if nonempty(names).count != 1 { violations.entity.append(Message.onlyOneOf(names)) }
        case .distinct(let names):
            let values = nonempty(names).compactMap { input.value(at: $0) }
            if Set(values).count < values.count { violations.entity.append(Message.distinct(names)) }
        case .mutuallyRequired(let names):
            let count = nonempty(names).count
            if count > 0, count < names.count {
                violations.entity.append(Message.mutuallyRequired(names))
            }
        case .mutuallyExclusive(let names):
            if nonempty(names).count > 1 { violations.entity.append(Message.mutuallyExclusive(names)) }
        case .conditional(let rule): run(rule, on: input, scheme, &violations)
        case .conditionalAtLeastOneOf(let rule): run(rule, on: input, scheme, &violations)
        case .custom(let validator):
            guard let failure = validator.check(input, context) else { return }
            if let message = failure.message { violations.entity.append(message) }
            for (path, error) in failure.fields { violations.fields.setError(error, at: path) }
        }
    }

    private var updatePrefix: String { updating ? "when updating, " : "" }

    private func run(
        _ rule: EntityCheck.Conditional, on input: JSONObject, _ scheme: EffectiveSchema,
        _ violations: inout Violations
    ) {
        guard let value = input.value(at: rule.ifField), mayMatch(value, rule.ifMatch),
            let condition = scheme.field(path: rule.ifField), let target = scheme.field(path: rule.thenField)
        else { return }
        // A value that passed its own field's checks need not pass them again.
        let isValid = violations.fields.isEmpty && !value.isNull && rule.ifMatch.elements == nil
        guard isValid || validate(value, condition.matching(rule.ifMatch)) == nil else { return }
        let subject = input.value(at: rule.thenField) ?? .null
        if subject.isNull, rule.thenMatch.acceptsNull, !target.required { return }
        if rule.thenMatch.required == true, subject.isNull {
            violations.fields.setError(.string(Message.required), at: rule.thenField)
            violations.entity.append(Message.conditional(rule.ifField))
        } else if let error = validate(subject, target.matching(rule.thenMatch)) {
            violations.fields.setError(error, at: rule.thenField)
            let text = rule.thenError.map { $0.replacing("%s", with: rule.ifField) }
            violations.entity.append(text ?? Message.conditional(rule.ifField))
        }
    }

    /// A quick look at what a match adds to a field; most conditions fail here.
    private func mayMatch(_ value: JSONValue, _ match: FieldMatch) -> Bool {
        value.isNull || match.checks.allSatisfy { $0.error(value, context) == nil }
    }

    private func run(
        _ rule: EntityCheck.ConditionalAtLeastOneOf, on input: JSONObject, _ scheme: EffectiveSchema,
        _ violations: inout Violations
    ) {
        guard let condition = scheme.field(path: rule.ifField), let value = input.value(at: rule.ifField) else {
            return
        }
        let names: [String]
        let template: String?
        if validate(value, condition.matching(rule.ifMatch)) == nil {
            (names, template) = (rule.thenAtLeastOneOf, rule.thenError)
        } else if let elseMatch = rule.elseMatch, validate(value, condition.matching(elseMatch)) == nil {
            (names, template) = (rule.elseAtLeastOneOf ?? [], rule.elseError)
        } else {
            return
        }
        if names.contains(where: { input.value(at: $0).isNonempty }) { return }
        let text = template.map { $0.replacing("%s", with: Message.quoted(names)) }
        violations.entity.append(text ?? updatePrefix + Message.atLeastOneOf(names))
    }
}

extension EntityCheck {
    /// The fields the check reads.
    var sources: [String] {
        switch self {
        case .atLeastOneOf(let names), .onlyOneOf(let names), .distinct(let names), .mutuallyRequired(let names),
            .mutuallyExclusive(let names):
            names
        case .conditional(let rule): [rule.ifField, rule.thenField]
        case .conditionalAtLeastOneOf(let rule):
            [rule.ifField] + rule.thenAtLeastOneOf + (rule.elseAtLeastOneOf ?? [])
        case .custom(let validator): validator.fieldSources
        }
    }

    /// The fields without which the check is itself a violation.
    fileprivate var requiredSources: [String] {
        switch self {
        case .onlyOneOf(let names), .distinct(let names): names
        case .conditional(let rule): [rule.ifField]
        case .custom(let validator): validator.runsWithMissingFields ? [] : validator.fieldSources
        default: []
        }
    }

    fileprivate var runsWithMissingFields: Bool {
        switch self {
        case .atLeastOneOf, .conditionalAtLeastOneOf, .mutuallyRequired, .mutuallyExclusive: true
        default: false
        }
    }

    fileprivate var runsWithInvalidFields: Bool {
        switch self {
        case .mutuallyRequired, .mutuallyExclusive, .custom: false
        default: true
        }
    }
}

extension FieldMatch {
    /// Whether nothing in it asks for a value.
    fileprivate var acceptsNull: Bool {
        required != true && !flags.contains(.mustNotBeNull)
            && checks.allSatisfy { if case .equal = $0 { false } else { true } }
    }
}

extension FieldSchema {
    /// This field with the attributes of `match` laid over its own.
    func matching(_ match: FieldMatch) -> FieldSchema {
        let type: FieldType? =
            switch (self.type, match.elements) {
            case (.array, let elements?): .array(elements)
            case (.set, let elements?): .set(elements)
            default: nil
            }
        let replaced = Set(match.checks.map(\.rank))
        return with(
            type: type, required: match.required, flags: match.flags,
            checks: checks.filter { !replaced.contains($0.rank) } + match.checks, error: match.error)
    }
}

extension JSONObject {
    /// Puts an error at a dotted path. A parent that has an error of its own keeps it.
    fileprivate mutating func setError(_ error: JSONValue, at path: String) {
        guard let dot = path.firstIndex(of: ".") else {
            self[path] = error
            return
        }
        let head = String(path[..<dot])
        switch self[head] {
        case nil: self[head] = .object([:])
        case .object?: break
        default: return
        }
        guard case .object(var nested)? = self[head] else { return }
        nested.setError(error, at: String(path[path.index(after: dot)...]))
        self[head] = .object(nested)
    }
}
