import KongCore

enum AiRequestTransformerSchema {
    static let description = PluginDescription(
        name: "ai-request-transformer", priority: 777, phases: ["access"], config: config, entityChecks: checks,
        noConsumer: true)

    private static let config = RecordSchema([
        .field("prompt", .string, required: true),
        .field("transformation_extract_pattern", .string, required: false),
        .field("http_timeout", .integer, required: true, default: 60000),
        .field("https_verify", .boolean, required: true, default: true),
        .field("max_request_body_size", .integer, default: 8192, .greaterThan(0)),
        .field("http_proxy_host", .string, .custom(.host)),
        .port("http_proxy_port"),
        .field("https_proxy_host", .string, .custom(.host)),
        .port("https_proxy_port"),
        .llm,
    ])

    private static let checks: [EntityCheck] = [
        .when(
            "config.llm.route_type", .notOneOf(["llm/v1/chat"]), then: "config.llm.route_type", .equal("llm/v1/chat"),
            error: "'config.llm.route_type' must be 'llm/v1/chat' for AI transformer plugins"),
        .mutuallyRequired(["config.http_proxy_host", "config.http_proxy_port"]),
        .mutuallyRequired(["config.https_proxy_host", "config.https_proxy_port"]),
    ]
}
