import KongCore

enum BotDetectionSchema {
    static let description = PluginDescription(
        name: "bot-detection", priority: 2500, phases: ["access"], config: config, noConsumer: true)

    private static let config = RecordSchema([
        .field("allow", .array(of: .string, .isRegex), default: []),
        .field("deny", .array(of: .string, .isRegex), default: []),
    ])
}
