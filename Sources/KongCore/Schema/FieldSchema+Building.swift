// The vocabulary in which entities and plugin configurations are declared.

extension FieldSchema {
    /// A field of a record.
    public static func field(
        _ name: String, _ type: FieldType, required: Bool? = nil, default value: JSONValue? = nil,
        unique: Bool? = nil, flags: Flags = [], onDelete: OnDelete = .restrict, error: String? = nil,
        _ checks: FieldCheck..., doc: String? = nil
    ) -> FieldSchema {
        FieldSchema(
            name: name, type: type, required: required, unique: unique, default: value, flags: flags, checks: checks,
            error: error, description: doc, onDelete: onDelete)
    }

    /// What an array, set or map holds.
    public static func element(
        _ type: FieldType, required: Bool? = nil, default value: JSONValue? = nil, flags: Flags = [],
        error: String? = nil, _ checks: FieldCheck..., doc: String? = nil
    ) -> FieldSchema {
        FieldSchema(
            name: "", type: type, required: required, default: value, flags: flags, checks: checks, error: error,
            description: doc)
    }

    /// This field under another name or with other attributes; the flags are added to its own.
    public func with(
        name: String? = nil, type: FieldType? = nil, required: Bool? = nil, default value: JSONValue? = nil,
        flags: Flags = [], checks: [FieldCheck]? = nil, error: String? = nil, doc: String? = nil,
        deprecation: Deprecation? = nil
    ) -> FieldSchema {
        FieldSchema(
            name: name ?? self.name, type: type ?? self.type, required: required ?? declaredRequired,
            unique: declaredUnique, default: value ?? self.default, flags: self.flags.union(flags),
            checks: checks ?? self.checks, error: error ?? self.error, description: doc ?? description,
            deprecation: deprecation ?? self.deprecation, onDelete: onDelete)
    }
}

extension FieldType {
    public static func array(of type: FieldType, _ checks: FieldCheck...) -> FieldType {
        .array(FieldSchema(name: "", type: type, checks: checks))
    }

    public static func set(of type: FieldType, _ checks: FieldCheck...) -> FieldType {
        .set(FieldSchema(name: "", type: type, checks: checks))
    }

    /// A nested record that needs no name of its own.
    public static func record(_ fields: [FieldSchema], checks: [EntityCheck] = []) -> FieldType {
        .record(RecordSchema(fields, checks: checks))
    }
}

extension FieldMatch {
    /// The attributes that a conditional check lays over a field's own.
    public static func attributes(
        required: Bool? = nil, flags: FieldSchema.Flags = [], elements: FieldSchema? = nil, error: String? = nil,
        _ checks: FieldCheck...
    ) -> FieldMatch {
        FieldMatch(required: required, flags: flags, checks: checks, elements: elements, error: error)
    }

    public static func check(_ check: FieldCheck) -> FieldMatch { FieldMatch(checks: [check]) }
    public static func equal(_ value: JSONValue) -> FieldMatch { FieldMatch(checks: [.equal(value)]) }
    public static func oneOf(_ values: [JSONValue]) -> FieldMatch { FieldMatch(checks: [.oneOf(values)]) }
    public static func notOneOf(_ values: [JSONValue]) -> FieldMatch { FieldMatch(checks: [.notOneOf(values)]) }
    public static let required = FieldMatch(required: true)
    public static let null = FieldMatch(flags: .mustBeNull)
}

extension EntityCheck {
    /// If `field` matches, `target` must match too.
    public static func when(
        _ field: String, _ match: FieldMatch, then target: String, _ targetMatch: FieldMatch, error: String? = nil
    ) -> EntityCheck {
        .conditional(
            Conditional(ifField: field, ifMatch: match, thenField: target, thenMatch: targetMatch, thenError: error))
    }

    /// If `field` matches, one of the others must be set.
    public static func when(
        _ field: String, _ match: FieldMatch, thenAtLeastOneOf names: [String], error: String? = nil
    ) -> EntityCheck {
        .conditionalAtLeastOneOf(
            ConditionalAtLeastOneOf(ifField: field, ifMatch: match, thenAtLeastOneOf: names, thenError: error))
    }
}

extension FieldSchema {
    /// The field, kept for old configurations.
    /// - Parameter message: says what to use instead.
    public func deprecated(_ message: String, oldDefault: JSONValue? = nil) -> FieldSchema {
        with(deprecation: Deprecation(message: message, oldDefault: oldDefault))
    }
}

extension ShorthandField {
    /// A deprecated name for a field that now lives at `path`; output echoes it.
    public static func deprecated(
        _ name: String, _ type: FieldType, for path: String, flags: FieldSchema.Flags = [], _ checks: FieldCheck...
    ) -> ShorthandField {
        let deprecation = FieldSchema.Deprecation(
            replacedWith: [path], message: "\(name) is deprecated, please use \(path) instead")
        let field = FieldSchema(name: name, type: type, flags: flags, checks: checks, deprecation: deprecation)
        return ShorthandField(field, echo: path) { value in
            var expansion = JSONObject()
            expansion.set(value, at: path)
            return expansion
        }
    }
}
