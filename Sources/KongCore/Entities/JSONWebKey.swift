// The members that a JSON web key may have (RFC 7517 and 7518): Kong refuses any other.

/// A key as JSON.
enum JSONWebKey {
    private static let texts = [
        "issuer", "kty", "use", "alg", "x5u", "x5t", "x5t#S256", "k", "x", "y", "crv", "n", "e", "d", "p", "q", "dp",
        "dq", "qi", "oth", "r", "t",
    ]

    private static let record = RecordSchema(
        texts.map { .field($0, .string, required: false) }
            + ["key_ops", "x5c"].map { .field($0, .array(of: .string), required: false) }
            + [.field("kid", .string, required: true)])

    /// What is wrong with the members of a key, in Kong's words; nil when nothing is.
    static func error(_ members: JSONObject, _ context: SchemaContext) -> String? {
        let violations = Validator(context: context, updating: false).validate(members, EffectiveSchema(record))
        return violations.isEmpty ? nil : text(.object(violations.allFields))
    }

    private static func text(_ errors: JSONValue) -> String {
        let listed: [String] =
            switch errors {
            case .object(let members):
                members.sorted { $0.key < $1.key }.map { "\($0.key): \(text($0.value))" }
            case .array(let elements): elements.filter { !$0.isNull }.map(text)
            default: [errors.luaBareText]
            }
        if case .string(let text) = errors { return text }
        return "schema violation (\(listed.joined(separator: "; ")))"
    }
}
