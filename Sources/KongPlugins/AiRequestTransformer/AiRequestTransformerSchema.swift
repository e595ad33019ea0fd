import KongCore

enum AiRequestTransformerSchema {
    static let description = PluginDescription(
        name: "ai-request-transformer", priority: 777, phases: ["access"], config: config,
        entityChecks: SharedRecords.llmTransportChecks, noConsumer: true)

    private static let config = RecordSchema(
        [
            .field("prompt", .string, required: true),
            .field("transformation_extract_pattern", .string, required: false),
        ] + SharedRecords.llmTransport)
}
