/// What is known of one field: its type, default and constraints.
public struct FieldSchema: Sendable {
    /// Fields are copied with every look at a schema: one reference instead of a dozen.
    private var storage: Storage

    // Written only by `change`, while nobody else refers to it.
    private final class Storage: @unchecked Sendable {
        var attributes: Attributes
        init(_ attributes: Attributes) { self.attributes = attributes }
    }

    private struct Attributes {
        var name: String
        var type: FieldType
        var declaredRequired: Bool?
        var declaredUnique: Bool?
        var `default`: JSONValue?
        var flags: Flags = []
        var checks: [FieldCheck] = []
        var error: String?
        var description: String?
        var deprecation: Deprecation?
        var onDelete = OnDelete.restrict
    }

    private mutating func change(_ body: (inout Attributes) -> Void) {
        if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.attributes) }
        body(&storage.attributes)
    }

    public var name: String {
        get { storage.attributes.name }
        set { change { $0.name = newValue } }
    }

    public var type: FieldType {
        get { storage.attributes.type }
        set { change { $0.type = newValue } }
    }

    /// As declared; nil and false mean the same to validation, but `/schemas` shows what was declared.
    public var declaredRequired: Bool? {
        get { storage.attributes.declaredRequired }
        set { change { $0.declaredRequired = newValue } }
    }

    public var declaredUnique: Bool? {
        get { storage.attributes.declaredUnique }
        set { change { $0.declaredUnique = newValue } }
    }

    /// `.null` is a default too: the field shows it in `/schemas`.
    public var `default`: JSONValue? {
        get { storage.attributes.default }
        set { change { $0.default = newValue } }
    }

    public var flags: Flags {
        get { storage.attributes.flags }
        set { change { $0.flags = newValue } }
    }

    /// In the order of `FieldCheck`'s cases.
    public var checks: [FieldCheck] {
        get { storage.attributes.checks }
        set { change { $0.checks = newValue } }
    }

    /// Replaces the standard message of any check.
    public var error: String? {
        get { storage.attributes.error }
        set { change { $0.error = newValue } }
    }

    public var description: String? {
        get { storage.attributes.description }
        set { change { $0.description = newValue } }
    }

    public var deprecation: Deprecation? {
        get { storage.attributes.deprecation }
        set { change { $0.deprecation = newValue } }
    }

    /// What happens to this entity when the one a foreign field refers to is deleted.
    public var onDelete: OnDelete {
        get { storage.attributes.onDelete }
        set { change { $0.onDelete = newValue } }
    }

    public struct Flags: OptionSet, Sendable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// Filled by the server when absent.
        public static let auto = Flags(rawValue: 1 << 0)
        /// Unique over all workspaces, not in one.
        public static let uniqueAcrossWorkspaces = Flags(rawValue: 1 << 1)
        public static let immutable = Flags(rawValue: 1 << 2)
        /// May hold `{vault://…}`.
        public static let referenceable = Flags(rawValue: 1 << 3)
        public static let encrypted = Flags(rawValue: 1 << 4)
        /// Accepted on input, never stored or shown.
        public static let transient = Flags(rawValue: 1 << 5)
        /// Supplied by a subschema.
        public static let abstract = Flags(rawValue: 1 << 6)
        public static let mustBeNull = Flags(rawValue: 1 << 7)
        public static let mustNotBeNull = Flags(rawValue: 1 << 8)
        /// Hidden from output.
        public static let hidden = Flags(rawValue: 1 << 9)
    }

    public enum OnDelete: String, Sendable {
        case restrict, cascade, null
    }

    public struct Deprecation: Sendable {
        /// Dotted paths of the fields that took over, first the one whose value is echoed.
        public var replacedWith: [String]
        public var message: String?
        public var removalInVersion: String
        /// What the field was when nobody set it, while it had an effect.
        public var oldDefault: JSONValue?

        public init(
            replacedWith: [String] = [], message: String? = nil, removalInVersion: String = "4.0",
            oldDefault: JSONValue? = nil
        ) {
            self.replacedWith = replacedWith
            self.message = message
            self.removalInVersion = removalInVersion
            self.oldDefault = oldDefault
        }
    }

    public init(name: String, type: FieldType) {
        storage = Storage(Attributes(name: name, type: type))
    }

    public var required: Bool {
        get { declaredRequired ?? false }
        set { declaredRequired = newValue }
    }

    public var unique: Bool {
        get { declaredUnique ?? false }
        set { declaredUnique = newValue }
    }

    public var isAuto: Bool { flags.contains(.auto) }
    public var isTransient: Bool { flags.contains(.transient) }
    public var isReferenceable: Bool { flags.contains(.referenceable) }

    /// Whether values must be UUIDs.
    public var isUUID: Bool {
        checks.contains { if case .uuid = $0 { true } else { false } }
    }

    public var isTimestamp: Bool {
        checks.contains { if case .timestamp = $0 { true } else { false } }
    }

    /// The permitted values, when they are enumerated.
    public var oneOf: [JSONValue]? {
        for case .oneOf(let values) in checks { return values }
        return nil
    }

    /// The element of an array or set.
    public var elements: FieldSchema? {
        switch type {
        case .array(let element), .set(let element): element
        default: nil
        }
    }
}
