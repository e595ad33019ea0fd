import KongCore

enum AiProxySchema {
    static let description = PluginDescription(
        name: "ai-proxy", priority: 770, phases: ["access", "header_filter", "body_filter"], config: config)

    private static let config = RecordSchema(
        SharedRecords.llm.fields + [
            .field(
                "response_streaming", .string, required: false, default: "allow", .oneOf(["allow", "deny", "always"])),
            .field("max_request_body_size", .integer, default: 8192, .greaterThan(0)),
            .field("model_name_header", .boolean, default: true),
        ], checks: SharedRecords.llm.entityChecks)
}
