// The language models that the ai-* plugins speak to.

extension SharedRecords {
    /// How the ai-*-transformer plugins reach the model.
    public static let llmTransport: [FieldSchema] = [
        .field("http_timeout", .integer, required: true, default: 60000),
        .field("https_verify", .boolean, required: true, default: true),
        .field("max_request_body_size", .integer, default: 8192, .greaterThan(0)),
        .field("http_proxy_host", .string, .custom(.host)),
        .port("http_proxy_port"),
        .field("https_proxy_host", .string, .custom(.host)),
        .port("https_proxy_port"),
        .llm,
    ]

    public static let llmTransportChecks: [EntityCheck] = [
        .when(
            "config.llm.route_type", .notOneOf(["llm/v1/chat"]), then: "config.llm.route_type", .equal("llm/v1/chat"),
            error: "'config.llm.route_type' must be 'llm/v1/chat' for AI transformer plugins"),
        .mutuallyRequired(["config.http_proxy_host", "config.http_proxy_port"]),
        .mutuallyRequired(["config.https_proxy_host", "config.https_proxy_port"]),
    ]

    /// A model, its provider, how to authenticate, what to log.
    public static let llm = RecordSchema(
        [
            .field("route_type", .string, required: true, .oneOf(["llm/v1/chat", "llm/v1/completions", "preserve"])),
            .field("auth", .record(auth), required: false),
            .field("model", .record(model), required: true),
            .field("logging", .record(logging), required: true),
        ],
        checks: [
            .when(
                "model.provider", .oneOf(["bedrock", "gemini"]), then: "auth.allow_override", .equal(false),
                error: "bedrock and gemini only support auth.allow_override = false"),
            .mutuallyRequired(["auth.header_name", "auth.header_value"]),
            .mutuallyRequired(["auth.param_name", "auth.param_value", "auth.param_location"]),
            .when(
                "model.provider", .oneOf(["llama2"]), thenAtLeastOneOf: ["model.options.llama2_format"],
                error: "must set %s for llama2 provider"),
            .when(
                "model.provider", .oneOf(["mistral"]), thenAtLeastOneOf: ["model.options.mistral_format"],
                error: "must set %s for mistral provider"),
            .when(
                "model.provider", .oneOf(["anthropic"]), thenAtLeastOneOf: ["model.options.anthropic_version"],
                error: "must set %s for anthropic provider"),
            .when(
                "model.provider", .oneOf(["azure"]), thenAtLeastOneOf: ["model.options.azure_instance"],
                error: "must set %s for azure provider"),
            .when(
                "model.provider", .oneOf(["azure"]), thenAtLeastOneOf: ["model.options.azure_api_version"],
                error: "must set %s for azure provider"),
            .when(
                "model.provider", .oneOf(["azure"]), thenAtLeastOneOf: ["model.options.azure_deployment_id"],
                error: "must set %s for azure provider"),
            .when(
                "model.provider", .oneOf(["llama2"]), thenAtLeastOneOf: ["model.options.upstream_url"],
                error: "must set %s for self-hosted providers/models"),
            .custom(.llmLogStatistics),
        ]
    )

    private static let logging = RecordSchema([
        .field("log_statistics", .boolean, required: true, default: false),
        .field("log_payloads", .boolean, required: true, default: false),
    ])

    private static let model = RecordSchema([
        .field(
            "provider", .string, required: true,
            .oneOf(["openai", "azure", "anthropic", "cohere", "mistral", "llama2", "gemini", "bedrock", "huggingface"])),
        .field("name", .string, required: false),
        .field("options", .record(options), required: false),
    ])

    private static let options = RecordSchema([
        .field("max_tokens", .integer, required: false),
        .field("input_cost", .number, required: false, .greaterThan(0)),
        .field("output_cost", .number, required: false, .greaterThan(0)),
        .field("temperature", .number, required: false, .between(0, 5)),
        .field("top_p", .number, required: false, .between(0, 1)),
        .field("top_k", .integer, required: false, .between(0, 500)),
        .field("anthropic_version", .string, required: false),
        .field("azure_instance", .string, required: false),
        .field("azure_api_version", .string, required: false, default: "2023-05-15"),
        .field("azure_deployment_id", .string, required: false),
        .field("llama2_format", .string, required: false, .oneOf(["raw", "openai", "ollama"])),
        .field("mistral_format", .string, required: false, .oneOf(["openai", "ollama"])),
        .field("upstream_url", .string, required: false, .custom(.url)),
        .field("upstream_path", .string, required: false).deprecated(
            "llm: config.model.options.upstream_path is deprecated, "
                + "please use config.model.options.upstream_url instead"),
        .field("gemini", .record(gemini), required: false),
        .field("bedrock", .record(bedrock), required: false),
        .field("huggingface", .record(huggingface), required: false),
    ])

    private static let huggingface = RecordSchema([
        .field("use_cache", .boolean, required: false),
        .field("wait_for_model", .boolean, required: false),
    ])

    private static let bedrock = RecordSchema([
        .field("aws_region", .string, required: false)
    ])

    private static let gemini = RecordSchema(
        [
            .field("api_endpoint", .string, required: false),
            .field("project_id", .string, required: false),
            .field("location_id", .string, required: false),
        ],
        checks: [
            .mutuallyRequired(["api_endpoint", "project_id", "location_id"])
        ]
    )

    private static let auth = RecordSchema([
        .field("header_name", .string, required: false, flags: .referenceable),
        .field("header_value", .string, required: false, flags: [.referenceable, .encrypted]),
        .field("param_name", .string, required: false, flags: .referenceable),
        .field("param_value", .string, required: false, flags: [.referenceable, .encrypted]),
        .field("param_location", .string, required: false, .oneOf(["query", "body"])),
        .field("gcp_use_service_account", .boolean, required: false, default: false),
        .field("gcp_service_account_json", .string, required: false, flags: .referenceable),
        .field("aws_access_key_id", .string, required: false, flags: [.referenceable, .encrypted]),
        .field("aws_secret_access_key", .string, required: false, flags: [.referenceable, .encrypted]),
        .field("allow_override", .boolean, required: false, default: false),
    ])
}

extension EntityValidator {
    /// Anthropic's completions do not say how many tokens they took.
    fileprivate static let llmLogStatistics = EntityValidator(
        "llm_log_statistics", fieldSources: ["route_type", "model", "logging"]
    ) { entity, _ in
        guard entity["logging"]?["log_statistics"] == true, entity["route_type"] == "llm/v1/completions",
            entity["model"]?["provider"] == "anthropic"
        else { return nil }
        return EntityFailure(message: "anthropic does not support statistics when route_type is llm/v1/completions")
    }
}
