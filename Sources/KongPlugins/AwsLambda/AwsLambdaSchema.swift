import KongCore

enum AwsLambdaSchema {
    static let description = PluginDescription(
        name: "aws-lambda", priority: 750, phases: ["access", "header_filter"], config: config, entityChecks: checks)

    private static let config = RecordSchema([
        .field("timeout", .number, required: true, default: 60000),
        .field("keepalive", .number, required: true, default: 60000),
        .field("aws_key", .string, flags: [.referenceable, .encrypted]),
        .field("aws_secret", .string, flags: [.referenceable, .encrypted]),
        .field("aws_assume_role_arn", .string, flags: [.referenceable, .encrypted]),
        .field("aws_role_session_name", .string, default: "kong"),
        .field("aws_sts_endpoint_url", .string, .custom(.url)),
        .field("aws_region", .string, .custom(.host)),
        .field("function_name", .string, required: false),
        .field("qualifier", .string),
        .field(
            "invocation_type", .string, required: true, default: "RequestResponse",
            .oneOf(["RequestResponse", "Event", "DryRun"])),
        .field("log_type", .string, required: true, default: "Tail", .oneOf(["Tail", "None"])),
        .field("host", .string, .custom(.host)),
        .port("port", default: 443),
        .field("disable_https", .boolean, default: false),
        .field("unhandled_status", .integer, .between(100, 999)),
        .field("forward_request_method", .boolean, default: false),
        .field("forward_request_uri", .boolean, default: false),
        .field("forward_request_headers", .boolean, default: false),
        .field("forward_request_body", .boolean, default: false),
        .field("is_proxy_integration", .boolean, default: false),
        .field("awsgateway_compatible", .boolean, default: false),
        .field("proxy_url", .string, .custom(.url)),
        .field("skip_large_bodies", .boolean, default: true),
        .field("base64_encode_body", .boolean, default: true),
        .field("aws_imds_protocol_version", .string, required: true, default: "v1", .oneOf(["v1", "v2"])),
        .field("empty_arrays_mode", .string, required: true, default: "legacy", .oneOf(["legacy", "correct"])),
    ])

    private static let checks: [EntityCheck] = [
        .mutuallyRequired(["config.aws_key", "config.aws_secret"]),
        .custom(.proxyUrlScheme),
    ]
}

extension EntityValidator {
    /// The proxy itself is spoken to in clear text.
    fileprivate static let proxyUrlScheme = EntityValidator("proxy_url_scheme", fieldSources: ["config.proxy_url"]) {
        plugin, _ in
        guard let text = plugin["config"]?["proxy_url"]?.stringValue, let scheme = URLParts(text)?.scheme,
            scheme != "http"
        else { return nil }
        return EntityFailure(message: "proxy_url scheme must be http")
    }
}
