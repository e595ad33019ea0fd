/// One constraint on a value. The cases stand in the order in which Kong evaluates them.
public enum FieldCheck: Sendable {
    case equal(JSONValue)
    case notEqual(JSONValue)
    case notOneOf([JSONValue])
    case oneOf([JSONValue])
    case greaterThan(Double)
    case timestamp
    case uuid
    case isRegex
    case between(Double, Double)
    case lengthEqual(Int)
    case lengthMin(Int)
    case lengthMax(Int)
    case startsWith(String)
    case notMatch(LuaPattern)
    case matchNone([PatternRule])
    case match(LuaPattern)
    case matchAll([PatternRule])
    case matchAny([LuaPattern], error: String)
    case contains(JSONValue)
    case custom(FieldValidator)
    case mutuallyExclusiveSubsets([[String]])
}

/// A pattern with the message that its violation gives.
public struct PatternRule: Sendable {
    public var pattern: LuaPattern
    public var error: String

    public init(_ pattern: LuaPattern, error: String) {
        self.pattern = pattern
        self.error = error
    }
}

/// A rule that no declarative check expresses.
public struct FieldValidator: Sendable {
    /// Names the rule in tests and documentation.
    public let name: String
    /// Returns nil when `value` is acceptable, else the error: a text, or an object of nested errors.
    public let check: @Sendable (_ value: JSONValue, _ context: SchemaContext) -> JSONValue?

    public init(_ name: String, _ check: @escaping @Sendable (JSONValue, SchemaContext) -> JSONValue?) {
        self.name = name
        self.check = check
    }
}
