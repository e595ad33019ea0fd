import KongCore

enum AiPromptTemplateSchema {
    static let description = PluginDescription(
        name: "ai-prompt-template", priority: 773, phases: ["access"], config: config)

    private static let config = RecordSchema([
        .field("templates", .array(.element(.record(element), required: true)), required: true),
        .field("allow_untemplated_requests", .boolean, required: true, default: true),
        .field("log_original_request", .boolean, required: true, default: false),
        .field("max_request_body_size", .integer, default: 8192, .greaterThan(0)),
    ])

    private static let element = RecordSchema([
        .field("name", .string, required: true),
        .field("template", .string, required: true),
    ])
}
