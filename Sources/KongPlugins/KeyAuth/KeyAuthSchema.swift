import KongCore

enum KeyAuthSchema {
    static let description = PluginDescription(
        name: "key-auth", priority: 1250, phases: ["access"], config: config, noConsumer: true)

    private static let config = RecordSchema([
        .field("key_names", .array(of: .string, .custom(.headerName)), required: true, default: ["apikey"]),
        .field("hide_credentials", .boolean, required: true, default: false),
        .field("anonymous", .string),
        .field("key_in_header", .boolean, required: true, default: true),
        .field("key_in_query", .boolean, required: true, default: true),
        .field("key_in_body", .boolean, required: true, default: false),
        .field("run_on_preflight", .boolean, required: true, default: true),
        .field("realm", .string, required: false),
    ])
}
