extension EntitySchema {
    public enum InsertKind: Sendable {
        case insert, upsert
    }

    /// The record to store for `input`: shorthands expanded, defaults and automatic fields filled, validated.
    public func insert(
        _ input: JSONObject, _ context: SchemaContext, kind: InsertKind = .insert
    ) throws(Violations) -> JSONObject {
        input
    }

    /// The record to store when `input` is laid over `stored`: nested records merge, everything else is replaced.
    public func update(
        _ input: JSONObject, stored: JSONObject, _ context: SchemaContext
    ) throws(Violations) -> JSONObject {
        stored.merging(input) { _, new in new }
    }

    /// A form's strings as the types this schema asks for. What cannot be converted is left for validation to refuse.
    public func infer(form: JSONObject) -> JSONObject { form }

    /// What the REST API shows of a stored record.
    public func output(_ stored: JSONObject) -> JSONObject { stored }
}
