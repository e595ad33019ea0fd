import KongCore

enum RequestSizeLimitingSchema {
    static let description = PluginDescription(
        name: "request-size-limiting", priority: 951, phases: ["access"], config: config)

    private static let config = RecordSchema([
        .field("allowed_payload_size", .integer, default: 128),
        .field(
            "size_unit", .string, required: true, default: "megabytes", .oneOf(["megabytes", "kilobytes", "bytes"])),
        .field("require_content_length", .boolean, required: true, default: false),
    ])
}
