// Groups of fields that several plugins share; one declaration each.

/// Records that plugins nest or extend.
public enum SharedRecords {
    /// How entries wait before they are sent in batches.
    public static let queue = RecordSchema([
        .field("max_batch_size", .integer, default: 1, .between(1, 1_000_000), doc: "Entries sent at once."),
        .field(
            "max_coalescing_delay", .number, default: 1, .between(0, 3600),
            doc: "Seconds to wait for a batch to fill."),
        .field("max_entries", .integer, default: 10000, .between(1, 1_000_000), doc: "Entries that may wait."),
        .field("max_bytes", .integer, doc: "Bytes that may wait."),
        .field("max_retry_time", .number, default: 60, doc: "Seconds after which a batch is given up."),
        .field(
            "initial_retry_delay", .number, default: 0.01, .between(0.001, 1_000_000),
            doc: "Seconds before the first retry."),
        .field(
            "max_retry_delay", .number, default: 60, .between(0.001, 1_000_000), doc: "Longest seconds between retries."
        ),
        .field(
            "concurrency_limit", .integer, default: 1, .oneOf([-1, 1]), doc: "Batches in flight; -1 means no limit."),
    ])

    /// The phases that functions of users run in.
    public static let functionPhases = ["certificate", "rewrite", "access", "header_filter", "body_filter", "log"]

    /// The functions of each phase.
    public static let functions = RecordSchema(
        functionPhases.map { .field($0, .array(.element(.string, required: false)), required: true, default: []) })

    public static let functionChecks: [EntityCheck] = [.atLeastOneOf(functionPhases.map { "config.\($0)" })]

    /// A Redis server.
    public static let redis = RecordSchema([
        .field("host", .string, .custom(.host)),
        .port("port", default: 6379),
        .timeout("timeout", default: 2000),
        .field("username", .string, flags: .referenceable),
        .field("password", .string, flags: [.referenceable, .encrypted], .lengthMin(0)),
        .field("database", .integer, default: 0),
        .field("ssl", .boolean, required: false, default: false),
        .field("ssl_verify", .boolean, required: false, default: false),
        .field("server_name", .string, required: false, .custom(.sni)),
    ])

    private static let tracePropagation = RecordSchema([
        .field(
            "extract", .array(of: .string, .oneOf(["aws", "b3", "datadog", "gcp", "instana", "jaeger", "ot", "w3c"])),
            doc: "Header formats tried in order."),
        .field("clear", .array(of: .string, .custom(.headerName)), doc: "Headers removed before injecting."),
        .field(
            "inject",
            .array(
                of: .string,
                .oneOf(["preserve", "aws", "b3", "b3-single", "datadog", "gcp", "instana", "jaeger", "ot", "w3c"])),
            doc: "Header formats written; `preserve` is the one found."),
        .field(
            "default_format", .string, required: true,
            .oneOf(["aws", "b3", "b3-single", "datadog", "gcp", "instana", "jaeger", "ot", "w3c"]),
            doc: "Format used when none was found."),
    ])

    static func tracePropagation(default format: String) -> FieldSchema {
        .field("propagation", .record(tracePropagation), required: true, default: ["default_format": .string(format)])
    }
}

extension FieldSchema {
    public static let queue: FieldSchema = .field("queue", .record(SharedRecords.queue), required: true)
    public static let redis: FieldSchema = .field("redis", .record(SharedRecords.redis), required: true)
    public static let llm: FieldSchema = .field("llm", .record(SharedRecords.llm), required: true)

    /// How trace context travels in headers.
    public static func tracePropagation(default format: String) -> FieldSchema {
        SharedRecords.tracePropagation(default: format)
    }

    /// Lua expressions by log field. There is no Lua here: they are kept for exports, and ignored.
    public static let customFieldsByLua: FieldSchema = .field(
        "custom_fields_by_lua",
        .map(keys: .element(.string, .lengthMin(1)), values: .element(.string, .lengthMin(1))))
}

extension [ShorthandField] {
    /// The names that the fields of `redis` had when they were fields of the plugin's configuration.
    public static let deprecatedRedis: [ShorthandField] = [
        .deprecated("redis_host", .string, for: "redis.host"),
        .deprecated("redis_port", .integer, for: "redis.port"),
        .deprecated("redis_password", .string, for: "redis.password", .lengthMin(0)),
        .deprecated("redis_username", .string, for: "redis.username"),
        .deprecated("redis_ssl", .boolean, for: "redis.ssl"),
        .deprecated("redis_ssl_verify", .boolean, for: "redis.ssl_verify"),
        .deprecated("redis_server_name", .string, for: "redis.server_name"),
        .deprecated("redis_timeout", .integer, for: "redis.timeout"),
        .deprecated("redis_database", .integer, for: "redis.database"),
    ]
}

extension FieldValidator {
    /// `name:value` whose name is a header name.
    public static let headerPair = FieldValidator("header_pair") { value, _ in
        guard let text = value.stringValue else { return nil }
        let name = text.prefix { $0 != ":" }
        return String(name).isHeaderName ? nil : .string("'\(name)' is not a valid header")
    }

    /// `old:new`, both header names.
    public static let headerRenamePair = FieldValidator("header_rename_pair") { value, _ in
        guard let text = value.stringValue else { return nil }
        let names = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        for name in names where !String(name).isHeaderName { return .string("'\(name)' is not a valid header") }
        return nil
    }

    /// `name:value` with something in the value.
    public static let colonValue = FieldValidator("colon_value") { value, _ in
        guard let text = value.stringValue else { return nil }
        let name = text.prefix { $0 != ":" }
        let rest = text.dropFirst(name.count).drop { $0 == ":" }
        return rest.isEmpty ? .string("key '\(name)' has no value") : nil
    }
}
