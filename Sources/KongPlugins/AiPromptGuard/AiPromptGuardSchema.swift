import KongCore

enum AiPromptGuardSchema {
    static let description = PluginDescription(
        name: "ai-prompt-guard", priority: 771, phases: ["access"], config: config, entityChecks: checks)

    private static let config = RecordSchema([
        .field("allow_patterns", .array(of: .string, .lengthMin(1), .lengthMax(500)), required: false, .lengthMax(10)),
        .field("deny_patterns", .array(of: .string, .lengthMin(1), .lengthMax(500)), required: false, .lengthMax(10)),
        .field("allow_all_conversation_history", .boolean, required: true, default: false),
        .field("max_request_body_size", .integer, default: 8192, .greaterThan(0)),
        .field("match_all_roles", .boolean, required: true, default: false),
        .field("llm_format", .string, required: false, default: "openai", .oneOf(["openai", "bedrock", "gemini"])),
    ])

    private static let checks: [EntityCheck] = [
        .atLeastOneOf(["config.allow_patterns", "config.deny_patterns"]),
        .when("config.match_all_roles", .equal(true), then: "config.allow_all_conversation_history", .equal(false)),
    ]
}
