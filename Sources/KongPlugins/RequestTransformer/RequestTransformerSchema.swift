import KongCore

enum RequestTransformerSchema {
    static let description = PluginDescription(
        name: "request-transformer", priority: 801, phases: ["access"], config: config, protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field("http_method", .string, .match("^%u+$")),
        .field("remove", .record(remove), required: true),
        .field("rename", .record(rename), required: true),
        .field("replace", .record(replace), required: true),
        .field("add", .record(add), required: true),
        .field("append", .record(append), required: true),
    ])

    private static let append = RecordSchema([
        .field("body", .array(of: .string, .custom(.colonValue)), required: true, default: []),
        .field("headers", .array(of: .string, .match("^[^:]+:.*$"), .custom(.headerPair)), required: true, default: []),
        .field("querystring", .array(of: .string, .custom(.colonValue)), required: true, default: []),
    ])

    private static let add = RecordSchema([
        .field("body", .array(of: .string, .custom(.colonValue)), required: true, default: []),
        .field("headers", .array(of: .string, .match("^[^:]+:.*$"), .custom(.headerPair)), required: true, default: []),
        .field("querystring", .array(of: .string, .custom(.colonValue)), required: true, default: []),
    ])

    private static let replace = RecordSchema([
        .field("body", .array(of: .string, .custom(.colonValue)), required: true, default: []),
        .field("headers", .array(of: .string, .match("^[^:]+:.*$"), .custom(.headerPair)), required: true, default: []),
        .field("querystring", .array(of: .string, .custom(.colonValue)), required: true, default: []),
        .field("uri", .string),
    ])

    private static let rename = RecordSchema([
        .field("body", .array(of: .string, .custom(.colonValue)), required: true, default: []),
        .field(
            "headers", .array(of: .string, .match("^[^:]+:.*$"), .custom(.headerRenamePair)), required: true,
            default: []),
        .field("querystring", .array(of: .string, .custom(.colonValue)), required: true, default: []),
    ])

    private static let remove = RecordSchema([
        .field("body", .array(of: .string), required: true, default: []),
        .field("headers", .array(of: .string, .custom(.headerPair)), required: true, default: []),
        .field("querystring", .array(of: .string), required: true, default: []),
    ])
}
