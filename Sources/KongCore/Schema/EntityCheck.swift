/// A rule over several fields. Field names may be dotted paths.
public enum EntityCheck: Sendable {
    case atLeastOneOf([String])
    case onlyOneOf([String])
    case distinct([String])
    case mutuallyRequired([String])
    case mutuallyExclusive([String])
    case conditional(Conditional)
    case conditionalAtLeastOneOf(ConditionalAtLeastOneOf)
    case custom(EntityValidator)

    /// If one field matches, another must match too.
    public struct Conditional: Sendable {
        public var ifField: String
        public var ifMatch: FieldMatch
        public var thenField: String
        public var thenMatch: FieldMatch
        /// Replaces the entity message; `%s` stands for `ifField`.
        public var thenError: String?
    }

    /// If a field matches, one of the others must be set.
    public struct ConditionalAtLeastOneOf: Sendable {
        public var ifField: String
        public var ifMatch: FieldMatch
        public var thenAtLeastOneOf: [String]
        /// `%s` stands for the quoted list.
        public var thenError: String?
        public var elseMatch: FieldMatch?
        public var elseAtLeastOneOf: [String]?
        public var elseError: String?
    }
}

/// Attributes laid over a field's own for a conditional check.
public struct FieldMatch: Sendable {
    public var required: Bool?
    public var flags: FieldSchema.Flags = []
    public var checks: [FieldCheck] = []
    public var elements: FieldSchema?
    public var error: String?
}

/// A cross-field rule that no declarative check expresses.
public struct EntityValidator: Sendable {
    public let name: String
    /// The fields it reads; it is skipped if one of them already has an error.
    public let fieldSources: [String]
    /// Whether it runs although fields are missing or null.
    public let runsWithMissingFields: Bool
    /// Returns nil when the entity is acceptable.
    public let check: @Sendable (_ entity: JSONObject, _ context: SchemaContext) -> EntityFailure?

    public init(
        _ name: String, fieldSources: [String], runsWithMissingFields: Bool = false,
        _ check: @escaping @Sendable (JSONObject, SchemaContext) -> EntityFailure?
    ) {
        self.name = name
        self.fieldSources = fieldSources
        self.runsWithMissingFields = runsWithMissingFields
        self.check = check
    }
}

/// What a cross-field rule found: a message on the entity, errors on fields, or both.
public struct EntityFailure: Sendable {
    public var message: String?
    public var fields: JSONObject

    public init(message: String? = nil, fields: JSONObject = [:]) {
        self.message = message
        self.fields = fields
    }
}
