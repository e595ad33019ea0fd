import KongCore

enum KeyAuthSchema {
    static let description = PluginDescription(
        name: "key-auth", priority: 1250, phases: ["access"], config: config, noConsumer: true)

    private static let config = RecordSchema([
        .field(
            "key_names", .array(of: .string, .custom(.headerName)), required: true, default: ["apikey"],
            doc: "Names of the header, query argument or body field with the key."),
        .field(
            "hide_credentials", .boolean, required: true, default: false,
            doc: "Whether the key is removed before proxying."),
        .field("anonymous", .string, doc: "Consumer for requests without a valid key."),
        .field("key_in_header", .boolean, required: true, default: true, doc: "Whether headers are searched."),
        .field("key_in_query", .boolean, required: true, default: true, doc: "Whether the query is searched."),
        .field("key_in_body", .boolean, required: true, default: false, doc: "Whether the body is searched."),
        .field(
            "run_on_preflight", .boolean, required: true, default: true, doc: "Whether OPTIONS requests need a key."),
        .field("realm", .string, required: false, doc: "The realm of WWW-Authenticate."),
    ])
}
