/// What is known of one field: its type, default and constraints.
///
/// A class, because fields are passed with every look at a schema and never change.
public final class FieldSchema: Sendable {
    public let name: String
    public let type: FieldType
    /// As declared; nil and false mean the same to validation, but `/schemas` shows what was declared.
    public let declaredRequired: Bool?
    public let declaredUnique: Bool?
    /// `.null` is a default too: the field shows it in `/schemas`.
    public let `default`: JSONValue?
    public let flags: Flags
    /// In the order of `FieldCheck`'s cases.
    public let checks: [FieldCheck]
    /// Replaces the standard message of any check.
    public let error: String?
    public let description: String?
    public let deprecation: Deprecation?
    /// What happens to this entity when the one a foreign field refers to is deleted.
    public let onDelete: OnDelete

    public init(
        name: String, type: FieldType, required: Bool? = nil, unique: Bool? = nil, default value: JSONValue? = nil,
        flags: Flags = [], checks: [FieldCheck] = [], error: String? = nil, description: String? = nil,
        deprecation: Deprecation? = nil, onDelete: OnDelete = .restrict
    ) {
        self.name = name
        self.type = type
        declaredRequired = required
        declaredUnique = unique
        self.default = value
        self.flags = flags
        self.checks = checks.sorted { $0.rank < $1.rank }
        self.error = error
        self.description = description
        self.deprecation = deprecation
        self.onDelete = onDelete
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

    public var required: Bool { declaredRequired ?? false }
    public var unique: Bool { declaredUnique ?? false }
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
