import KongCore

enum CorrelationIdSchema {
    static let description = PluginDescription(
        name: "correlation-id", priority: 100001, phases: ["init_worker", "access", "header_filter"], config: config)

    private static let config = RecordSchema([
        .field("header_name", .string, default: "Kong-Request-ID"),
        .field(
            "generator", .string, required: true, default: "uuid#counter", .oneOf(["uuid", "uuid#counter", "tracker"])),
        .field("echo_downstream", .boolean, required: true, default: false),
    ])
}
