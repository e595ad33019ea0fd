// The vocabulary in which entities and plugin configurations are declared.

extension FieldSchema {
    /// A field of a record.
    public static func field(
        _ name: String, _ type: FieldType, required: Bool? = nil, default value: JSONValue? = nil,
        unique: Bool? = nil, flags: Flags = [], onDelete: OnDelete = .restrict, error: String? = nil,
        _ checks: FieldCheck..., doc: String? = nil
    ) -> FieldSchema {
        build(name, type, required, value, unique, flags, onDelete, error, checks, doc)
    }

    /// What an array, set or map holds.
    public static func element(
        _ type: FieldType, required: Bool? = nil, default value: JSONValue? = nil, flags: Flags = [],
        error: String? = nil, _ checks: FieldCheck..., doc: String? = nil
    ) -> FieldSchema {
        build("", type, required, value, nil, flags, .restrict, error, checks, doc)
    }

    private static func build(
        _ name: String, _ type: FieldType, _ required: Bool?, _ value: JSONValue?, _ unique: Bool?, _ flags: Flags,
        _ onDelete: OnDelete, _ error: String?, _ checks: [FieldCheck], _ doc: String?
    ) -> FieldSchema {
        var field = FieldSchema(name: name, type: type)
        field.declaredRequired = required
        field.declaredUnique = unique
        field.default = value
        field.flags = flags
        field.onDelete = onDelete
        field.error = error
        field.checks = checks.sorted { $0.rank < $1.rank }
        field.description = doc
        return field
    }

    /// This field under another name or with other attributes.
    public func with(
        name: String? = nil, required: Bool? = nil, default value: JSONValue? = nil, flags: Flags = [],
        error: String? = nil, doc: String? = nil
    ) -> FieldSchema {
        var field = self
        if let name { field.name = name }
        if let required { field.declaredRequired = required }
        if let value { field.default = value }
        if let error { field.error = error }
        if let doc { field.description = doc }
        field.flags.formUnion(flags)
        return field
    }
}

extension FieldType {
    public static func array(of type: FieldType, _ checks: FieldCheck...) -> FieldType {
        .array(element(type, checks))
    }

    public static func set(of type: FieldType, _ checks: FieldCheck...) -> FieldType {
        .set(element(type, checks))
    }

    private static func element(_ type: FieldType, _ checks: [FieldCheck]) -> FieldSchema {
        var field = FieldSchema(name: "", type: type)
        field.checks = checks.sorted { $0.rank < $1.rank }
        return field
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
        var field = self
        field.deprecation = Deprecation(message: message, oldDefault: oldDefault)
        return field
    }
}

extension ShorthandField {
    /// A deprecated name for a field that now lives at `path`; output echoes it.
    public static func deprecated(
        _ name: String, _ type: FieldType, for path: String, flags: FieldSchema.Flags = [], _ checks: FieldCheck...
    ) -> ShorthandField {
        var field = FieldSchema(name: name, type: type)
        field.checks = checks
        field.flags = flags
        field.deprecation = FieldSchema.Deprecation(
            replacedWith: [path], message: "\(name) is deprecated, please use \(path) instead")
        return ShorthandField(field, echo: path) { value in
            var expansion = JSONObject()
            expansion.set(value, at: path)
            return expansion
        }
    }
}
