// Fields that many entities and plugins share.

extension FieldSchema {
    public static let id = field("id", .string, flags: .auto, .uuid)
    public static let createdAt = field("created_at", .integer, flags: .auto, .timestamp)
    public static let updatedAt = field("updated_at", .integer, flags: .auto, .timestamp)

    /// A set of tags by which lists are filtered.
    public static let tags = field(
        "tags", .set(element(.string, required: true, .custom(.tag))), doc: "Tags for grouping and filtering.")

    public static let utf8Name = field("name", .string, unique: true, .custom(.utf8Name))

    /// A severity of syslog.
    public static func severity(_ name: String, required: Bool? = nil) -> FieldSchema {
        field(
            name, .string, required: required, default: "info",
            .oneOf(["debug", "info", "notice", "warning", "err", "crit", "alert", "emerg"]))
    }

    public static func port(_ name: String, required: Bool? = nil, default value: JSONValue? = nil, doc: String? = nil)
        -> FieldSchema
    {
        field(name, .integer, required: required, default: value, .between(0, 65535), doc: doc)
    }

    /// Milliseconds.
    public static func timeout(_ name: String, default value: JSONValue? = nil) -> FieldSchema {
        field(name, .integer, default: value, .between(0, 2_147_483_646))
    }

    public static func path(_ name: String, default value: JSONValue? = nil, doc: String? = nil) -> FieldSchema {
        field(name, .string, default: value, .startsWith("/"), .noEmptySegments, .custom(.path), doc: doc)
    }

    public static func protocols(_ name: String = "protocols", allowed: [String], default value: [String])
        -> FieldSchema
    {
        field(
            name, .set(of: .string, .oneOf(allowed.map(JSONValue.string))), required: true,
            default: .array(value.map(JSONValue.string)))
    }
}

/// The protocols that routes, services and plugins name.
public enum Protocols {
    public static let all = ["grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp"]
    public static let http = ["grpc", "grpcs", "http", "https"]
    static let allValues: [JSONValue] = all.map(JSONValue.string)
}
