// Schemas as `/schemas` shows them: attributes under Kong's names, functions left out.

extension FieldSchema {
    /// The field's attributes.
    public func describe() -> JSONObject {
        var shown: JSONObject = ["type": .string(type.name)]
        if let declaredRequired { shown["required"] = .bool(declaredRequired) }
        if let declaredUnique { shown["unique"] = .bool(declaredUnique) }
        if let value = self.default { shown["default"] = value }
        if let error { shown["err"] = .string(error) }
        if let description { shown["description"] = .string(description) }
        for (flag, name) in Self.shownFlags where flags.contains(flag) { shown[name] = true }
        if flags.contains(.mustBeNull) { shown["eq"] = .null }
        if flags.contains(.mustNotBeNull) { shown["ne"] = .null }
        if onDelete != .restrict { shown["on_delete"] = .string(onDelete.rawValue) }
        for check in checks { check.describe(into: &shown) }
        describeNested(into: &shown)
        if let deprecation { shown["deprecation"] = .object(deprecation.describe()) }
        return shown
    }

    private static let shownFlags: [(Flags, String)] = [
        (.auto, "auto"), (.uniqueAcrossWorkspaces, "unique_across_ws"), (.immutable, "immutable"),
        (.referenceable, "referenceable"), (.encrypted, "encrypted"), (.transient, "transient"),
        (.abstract, "abstract"),
    ]

    private func describeNested(into shown: inout JSONObject) {
        switch type {
        case .array(let element), .set(let element): shown["elements"] = .object(element.describe())
        case .map(let keys, let values):
            shown["keys"] = .object(keys.describe())
            shown["values"] = .object(values.describe())
        case .record(let record): shown.merge(record.describe()) { old, _ in old }
        case .foreign(let entity): shown["reference"] = .string(entity)
        default: break
        }
    }
}

extension FieldSchema.Deprecation {
    fileprivate func describe() -> JSONObject {
        var shown: JSONObject = ["removal_in_version": .string(removalInVersion)]
        if let message { shown["message"] = .string(message) }
        if let oldDefault { shown["old_default"] = oldDefault }
        if !replacedWith.isEmpty {
            shown["replaced_with"] = .array(
                replacedWith.map { ["path": .array($0.split(separator: ".").map { .string(String($0)) })] })
        }
        return shown
    }
}

extension RecordSchema {
    /// `fields`, and where there are any `shorthand_fields` and `entity_checks`.
    public func describe() -> JSONObject {
        var shown: JSONObject = [
            "fields": .array(fields.map { .object([$0.name: .object($0.describe())]) })
        ]
        if !shorthandFields.isEmpty {
            shown["shorthand_fields"] = .array(
                shorthandFields.map { .object([$0.field.name: .object($0.describe())]) })
        }
        if !entityChecks.isEmpty { shown["entity_checks"] = .array(entityChecks.compactMap { $0.describe() }) }
        return shown
    }
}

extension ShorthandField {
    fileprivate func describe() -> JSONObject {
        var shown = field.describe()
        if let echo {
            shown["translate_backwards"] = .array(echo.split(separator: ".").map { .string(String($0)) })
        }
        return shown
    }
}

extension EntitySchema {
    /// The whole schema; without `entity_checks` the key is an empty list.
    public func describe() -> JSONObject {
        var shown = record.describe()
        if shown["entity_checks"] == nil { shown["entity_checks"] = [] }
        return shown
    }
}

extension FieldCheck {
    fileprivate func describe(into shown: inout JSONObject) {
        switch self {
        case .equal(let value): shown["eq"] = value
        case .notEqual(let value): shown["ne"] = value
        case .notOneOf(let values): shown["not_one_of"] = .array(values)
        case .oneOf(let values): shown["one_of"] = .array(values)
        case .greaterThan(let limit): shown["gt"] = .whole(limit)
        case .timestamp: shown["timestamp"] = true
        case .uuid: shown["uuid"] = true
        case .isRegex: shown["is_regex"] = true
        case .between(let low, let high): shown["between"] = [.whole(low), .whole(high)]
        case .lengthEqual(let count): shown["len_eq"] = .integer(Int64(count))
        case .lengthMin(let count): shown["len_min"] = .integer(Int64(count))
        case .lengthMax(let count): shown["len_max"] = .integer(Int64(count))
        case .startsWith(let prefix): shown["starts_with"] = .string(prefix)
        case .notMatch(let pattern): shown["not_match"] = .string(pattern.text)
        case .matchNone(let rules): shown["match_none"] = Self.describe(rules)
        case .match(let pattern): shown["match"] = .string(pattern.text)
        case .matchAll(let rules): shown["match_all"] = Self.describe(rules)
        case .matchAny(let patterns, let error):
            shown["match_any"] = ["patterns": .array(patterns.map { .string($0.text) }), "err": .string(error)]
        case .contains(let value): shown["contains"] = value
        case .custom: break
        case .mutuallyExclusiveSubsets(let subsets):
            shown["mutually_exclusive_subsets"] = .array(subsets.map { .array($0.map(JSONValue.string)) })
        }
    }

    private static func describe(_ rules: [PatternRule]) -> JSONValue {
        .array(rules.map { ["pattern": .string($0.pattern.text), "err": .string($0.error)] })
    }
}

extension JSONValue {
    /// An integer if the number is whole.
    fileprivate static func whole(_ number: Double) -> JSONValue {
        Int64(exactly: number).map(JSONValue.integer) ?? .number(number)
    }
}

extension FieldMatch {
    fileprivate func describe() -> JSONValue {
        var shown = JSONObject()
        if let required { shown["required"] = .bool(required) }
        if flags.contains(.mustBeNull) { shown["eq"] = .null }
        if flags.contains(.mustNotBeNull) { shown["ne"] = .null }
        if let error { shown["err"] = .string(error) }
        if let elements { shown["elements"] = .object(elements.describe()) }
        for check in checks { check.describe(into: &shown) }
        return .object(shown)
    }
}

extension EntityCheck {
    /// nil for rules that are code.
    fileprivate func describe() -> JSONValue? {
        func list(_ names: [String]) -> JSONValue { .array(names.map(JSONValue.string)) }
        switch self {
        case .atLeastOneOf(let names): return ["at_least_one_of": list(names)]
        case .onlyOneOf(let names): return ["only_one_of": list(names)]
        case .distinct(let names): return ["distinct": list(names)]
        case .mutuallyRequired(let names): return ["mutually_required": list(names)]
        case .mutuallyExclusive(let names): return ["mutually_exclusive": list(names)]
        case .conditional(let rule):
            var shown: JSONObject = [
                "if_field": .string(rule.ifField), "if_match": rule.ifMatch.describe(),
                "then_field": .string(rule.thenField), "then_match": rule.thenMatch.describe(),
            ]
            if let error = rule.thenError { shown["then_err"] = .string(error) }
            return ["conditional": .object(shown)]
        case .conditionalAtLeastOneOf(let rule):
            var shown: JSONObject = [
                "if_field": .string(rule.ifField), "if_match": rule.ifMatch.describe(),
                "then_at_least_one_of": list(rule.thenAtLeastOneOf),
            ]
            if let error = rule.thenError { shown["then_err"] = .string(error) }
            if let match = rule.elseMatch { shown["else_match"] = match.describe() }
            if let names = rule.elseAtLeastOneOf { shown["else_then_at_least_one_of"] = list(names) }
            if let error = rule.elseError { shown["else_then_err"] = .string(error) }
            return ["conditional_at_least_one_of": .object(shown)]
        case .custom(let validator):
            return ["custom_entity_check": ["field_sources": list(validator.fieldSources)]]
        }
    }
}
