/// An ordered group of fields with the checks that span them.
public struct RecordSchema: Sendable {
    public let fields: [FieldSchema]
    /// Accepted on input and expanded into `fields` before validation.
    public let shorthandFields: [ShorthandField]
    public let entityChecks: [EntityCheck]
    private let index: [String: Int]

    public init(_ fields: [FieldSchema], shorthands: [ShorthandField] = [], checks: [EntityCheck] = []) {
        self.fields = fields
        self.shorthandFields = shorthands
        self.entityChecks = checks
        self.index = Dictionary(
            fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { _, last in last })
    }

    public func field(_ name: String) -> FieldSchema? {
        index[name].map { fields[$0] }
    }

    /// The fields with those of the same name in `upper` in their place.
    func fields(under upper: RecordSchema) -> [FieldSchema] {
        var fields = self.fields
        for field in upper.fields {
            if let place = index[field.name] { fields[place] = field }
        }
        return fields
    }

    /// The defaults that fields declare, as the default of a field that holds this record.
    public var defaults: JSONValue {
        let declared = fields.compactMap { field in field.default.map { (field.name, $0) } }
        return .object(JSONObject(declared, uniquingKeysWith: { _, last in last }))
    }

    /// The field at a dotted path through nested records.
    public func field(path: String) -> FieldSchema? {
        guard let dot = path.utf8.firstIndex(of: UInt8(ascii: ".")) else { return field(path) }
        return field(String(path[..<dot]))?.type.record?.field(path: String(path[path.index(after: dot)...]))
    }
}

/// A field that exists on input only.
public struct ShorthandField: Sendable {
    public var field: FieldSchema
    /// What the given value becomes; nil leaves the input alone.
    public var expand: @Sendable (JSONValue) -> JSONObject?
    /// The dotted path whose value output shows under this name.
    public var echo: String?

    /// What an absent value counts as when an entity is created.
    public var absentValue: JSONValue?

    public init(
        _ field: FieldSchema, echo: String? = nil, absentValue: JSONValue? = nil,
        expand: @escaping @Sendable (JSONValue) -> JSONObject?
    ) {
        self.field = field
        self.absentValue = absentValue
        self.echo = echo
        self.expand = expand
    }
}
