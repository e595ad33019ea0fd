import KongCore

enum AiProxySchema {
    static let description = PluginDescription(
        name: "ai-proxy", priority: 770, phases: ["access", "header_filter", "body_filter"], config: config,
        entityChecks: checks)

    private static let config = RecordSchema(
        SharedRecords.llm.fields + [
            .field(
                "response_streaming", .string, required: false, default: "allow", .oneOf(["allow", "deny", "always"])),
            .field("max_request_body_size", .integer, default: 8192, .greaterThan(0)),
            .field("model_name_header", .boolean, default: true),
            .field("llm_format", .string, required: false, default: "openai", .oneOf(["openai", "bedrock", "gemini"])),
        ], checks: SharedRecords.llm.entityChecks)

    private static let checks: [EntityCheck] = [
        .when(
            "config.llm_format", .oneOf(["bedrock", "gemini"]), then: "config.route_type", .equal("llm/v1/chat"),
            error: "native provider options in llm_format can only be used with the 'llm/v1/chat' route_type"),
        .when(
            "config.llm_format", .equal("bedrock"), then: "config.model.provider", .equal("bedrock"),
            error: "native llm_format 'bedrock' can only be used with the 'bedrock' model.provider"),
        .when(
            "config.llm_format", .equal("gemini"), then: "config.model.provider", .equal("gemini"),
            error: "native llm_format 'gemini' can only be used with the 'gemini' model.provider"),
    ]
}
