import KongCore

enum AiResponseTransformerSchema {
    static let description = PluginDescription(
        name: "ai-response-transformer", priority: 768, phases: ["access"], config: config,
        entityChecks: SharedRecords.llmTransportChecks)

    private static let config = RecordSchema(
        [
            .field("prompt", .string, required: true),
            .field("transformation_extract_pattern", .string, required: false),
            .field("parse_llm_response_json_instructions", .boolean, required: true, default: false),
        ] + SharedRecords.llmTransport)
}
