import KongCore

enum HmacAuthSchema {
    static let description = PluginDescription(
        name: "hmac-auth", priority: 1030, phases: ["access"], config: config, noConsumer: true)

    private static let config = RecordSchema([
        .field("hide_credentials", .boolean, required: true, default: false),
        .field("clock_skew", .number, default: 300, .greaterThan(0)),
        .field("anonymous", .string),
        .field("validate_request_body", .boolean, required: true, default: false),
        .field("enforce_headers", .array(of: .string), default: []),
        .field(
            "algorithms", .array(of: .string, .oneOf(["hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512"])),
            default: ["hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512"]),
        .field("realm", .string, required: false),
    ])
}
