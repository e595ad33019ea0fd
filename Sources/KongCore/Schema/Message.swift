/// The texts of violations. They are Kong's, letter by letter: clients and test suites compare them.
enum Message {
    static let unknown = "unknown field"
    static let required = "required field missing"
    static let array = "expected an array"
    static let set = "expected a set"
    static let map = "expected a map"
    static let record = "expected a record"
    static let string = "expected a string"
    static let number = "expected a number"
    static let integer = "expected an integer"
    static let boolean = "expected a boolean"
    static let function = "expected a function"
    static let timestamp = "expected a valid timestamp"
    static let uuid = "expected a valid UUID"
    static let immutable = "immutable field cannot be updated"
    static let missingPrimaryKey = "missing primary key"
    static let requiredForCheck = "field required for entity check"
    static let abstract = "error in schema definition: abstract field was not specialized"

    static func equal(_ value: JSONValue) -> String { "value must be \(value.luaBareText)" }
    static func notEqual(_ value: JSONValue) -> String { "value must not be \(value.luaBareText)" }
    static func greaterThan(_ limit: Double) -> String { "value must be greater than \(limit.luaText)" }

    static func between(_ low: Double, _ high: Double) -> String {
        "value should be between \(low.luaText) and \(high.luaText)"
    }

    static func lengthEqual(_ count: Int) -> String { "length must be \(count)" }
    static func lengthMin(_ count: Int) -> String { "length must be at least \(count)" }
    static func lengthMax(_ count: Int) -> String { "length must be at most \(count)" }
    static func match(_ value: String) -> String { "invalid value: \(value)" }
    static func startsWith(_ prefix: String) -> String { "should start with: \(prefix)" }
    static func contains(_ value: JSONValue) -> String { "expected to contain: \(value.luaBareText)" }
    static func oneOf(_ values: [JSONValue]) -> String { "expected one of: \(list(values))" }
    static func notOneOf(_ values: [JSONValue]) -> String { "must not be one of: \(list(values))" }
    static func isRegex(_ value: String) -> String { "not a valid regex: \(value)" }
    static func subschemaUnknown(_ name: String) -> String { "unknown type: \(name)" }

    static func conditional(_ field: String) -> String {
        "failed conditional validation given value of field '\(field)'"
    }

    static func atLeastOneOf(_ names: [String]) -> String {
        "at least one of these fields must be non-empty: \(quoted(names))"
    }

    static func onlyOneOf(_ names: [String]) -> String {
        "exactly one of these fields must be non-empty: \(quoted(names))"
    }

    static func distinct(_ names: [String]) -> String {
        "values of these fields must be distinct: \(quoted(names))"
    }

    static func mutuallyRequired(_ names: [String]) -> String {
        "all or none of these fields must be set: \(quoted(names))"
    }

    static func mutuallyExclusive(_ names: [String]) -> String {
        "only one or none of these fields must be set: \(quoted(names))"
    }

    static func mutuallyExclusiveSubsets(_ sets: [[String]]) -> String {
        "these sets are mutually exclusive: " + sets.map { "(\(quoted($0)))" }.joined(separator: ", ")
    }

    static func mismatch(_ old: String, _ oldValue: JSONValue, _ new: String, _ newValue: JSONValue) -> String {
        "both deprecated and new field are used but their values mismatch: "
            + "\(old) = \(oldValue.luaBareText) vs \(new) = \(newValue.luaBareText)"
    }

    /// `'a', 'b'`
    static func quoted(_ names: [String]) -> String {
        names.map { "'\($0)'" }.joined(separator: ", ")
    }

    private static func list(_ values: [JSONValue]) -> String {
        values.map(\.luaBareText).joined(separator: ", ")
    }
}
