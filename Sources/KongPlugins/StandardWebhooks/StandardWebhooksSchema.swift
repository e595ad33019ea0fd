import KongCore

enum StandardWebhooksSchema {
    static let description = PluginDescription(
        name: "standard-webhooks", priority: 760, phases: ["access"], config: config, noConsumer: true)

    private static let config = RecordSchema([
        .field("secret_v1", .string, required: true, flags: [.referenceable, .encrypted]),
        .field("tolerance_second", .integer, required: true, default: 300, .greaterThan(-1)),
    ])
}
