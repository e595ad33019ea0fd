import KongCore

enum ResponseTransformerSchema {
    static let description = PluginDescription(
        name: "response-transformer", priority: 800, phases: ["header_filter", "body_filter"], config: config)

    private static let config = RecordSchema([
        .field("remove", .record(remove), required: true),
        .field("rename", .record(rename), required: true),
        .field("replace", .record(replace), required: true),
        .field("add", .record(add), required: true),
        .field("append", .record(append), required: true),
    ])

    private static let append = RecordSchema([
        .field("json", .array(of: .string, .match("^[^:]+:.*$")), required: true, default: []),
        .field(
            "json_types", .array(of: .string, .oneOf(["boolean", "number", "string"])), required: true, default: []),
        .field("headers", .array(of: .string, .match("^[^:]+:.*$")), required: true, default: []),
    ])

    private static let add = RecordSchema([
        .field("json", .array(of: .string, .match("^[^:]+:.*$")), required: true, default: []),
        .field(
            "json_types", .array(of: .string, .oneOf(["boolean", "number", "string"])), required: true, default: []),
        .field("headers", .array(of: .string, .match("^[^:]+:.*$")), required: true, default: []),
    ])

    private static let replace = RecordSchema([
        .field("json", .array(of: .string, .match("^[^:]+:.*$")), required: true, default: []),
        .field(
            "json_types", .array(of: .string, .oneOf(["boolean", "number", "string"])), required: true, default: []),
        .field("headers", .array(of: .string, .match("^[^:]+:.*$")), required: true, default: []),
    ])

    private static let rename = RecordSchema([
        .field("json", .array(of: .string, .match("^[^:]+:.*$")), required: true, default: []),
        .field(
            "headers", .array(of: .string, .match("^[^:]+:.*$"), .custom(.headerRenamePair)), required: true,
            default: []),
    ])

    private static let remove = RecordSchema([
        .field("json", .array(of: .string), required: true, default: []),
        .field("headers", .array(of: .string), required: true, default: []),
    ])
}
