import KongCore

enum AiPromptDecoratorSchema {
    static let description = PluginDescription(
        name: "ai-prompt-decorator", priority: 772, phases: ["access"], config: config, entityChecks: checks)

    private static let config = RecordSchema([
        .field("prompts", .record(prompts), required: false),
        .field("max_request_body_size", .integer, default: 8192, .greaterThan(0)),
        .field("llm_format", .string, required: false, default: "openai", .oneOf(["openai", "bedrock", "gemini"])),
    ])

    private static let prompts = RecordSchema([
        .field("prepend", .array(.element(.record(element), required: false)), required: false, .lengthMax(15)),
        .field("append", .array(.element(.record(element), required: false)), required: false, .lengthMax(15)),
    ])

    private static let element = RecordSchema([
        .field("role", .string, required: true, default: "system", .oneOf(["system", "assistant", "user"])),
        .field("content", .string, required: true, .lengthMin(1), .lengthMax(500)),
    ])

    private static let checks: [EntityCheck] = [
        .atLeastOneOf(["config.prompts.prepend", "config.prompts.append"])
    ]
}
