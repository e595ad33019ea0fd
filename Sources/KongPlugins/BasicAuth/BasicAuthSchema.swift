import KongCore

enum BasicAuthSchema {
    static let description = PluginDescription(
        name: "basic-auth", priority: 1100, phases: ["access"], config: config, noConsumer: true)

    private static let config = RecordSchema([
        .field("anonymous", .string),
        .field("hide_credentials", .boolean, required: true, default: false),
        .field("realm", .string, required: true, default: "service"),
    ])
}
