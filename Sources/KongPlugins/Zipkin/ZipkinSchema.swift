import KongCore

enum ZipkinSchema {
    static let description = PluginDescription(
        name: "zipkin", priority: 100000, phases: ["access", "header_filter", "body_filter", "log"], config: config,
        protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field("local_service_name", .string, required: true, default: "kong"),
        .field("http_endpoint", .string, .custom(.url)),
        .field("sample_ratio", .number, default: 0.001, .between(0, 1)),
        .field("default_service_name", .string),
        .field("include_credential", .boolean, required: true, default: true),
        .field("traceid_byte_count", .integer, required: true, default: 16, .oneOf([8, 16])),
        .field(
            "header_type", .string, required: true, default: "preserve",
            .oneOf(["preserve", "ignore", "b3", "b3-single", "w3c", "jaeger", "ot", "aws", "datadog", "gcp", "instana"])
        ).deprecated(
            "zipkin: config.header_type is deprecated, please use config.propagation options instead",
            oldDefault: "preserve"),
        .field(
            "default_header_type", .string, required: true, default: "b3",
            .oneOf(["aws", "b3", "b3-single", "datadog", "gcp", "instana", "jaeger", "ot", "w3c"])
        ).deprecated(
            "zipkin: config.default_header_type is deprecated, please use config.propagation.default_format instead",
            oldDefault: "b3"),
        .field("tags_header", .string, required: true, default: "Zipkin-Tags"),
        .field("static_tags", .array(.element(.record(element))), .custom(.staticTags)),
        .field("http_span_name", .string, required: true, default: "method", .oneOf(["method", "method_path"])),
        .timeout("connect_timeout", default: 2000),
        .timeout("send_timeout", default: 5000),
        .timeout("read_timeout", default: 5000),
        .field("http_response_header_for_traceid", .string),
        .field(
            "phase_duration_flavor", .string, required: true, default: "annotations", .oneOf(["annotations", "tags"])),
        .queue,
        .tracePropagation(default: "b3"),
    ])

    private static let element = RecordSchema([
        .field(
            "name", .string, required: true,
            .notOneOf([
                "error", "http.method", "http.path", "http.status_code", "kong.balancer.state", "kong.balancer.try",
                "kong.consumer", "kong.credential", "kong.node.id", "kong.route", "kong.service", "lc", "peer.hostname",
            ])),
        .field("value", .string, required: true),
    ])
}

extension FieldValidator {
    /// A tag has one value.
    fileprivate static let staticTags = FieldValidator("static_tags") { value, _ in
        var seen: Set<String> = []
        for tag in value.arrayValue ?? [] {
            guard let name = tag["name"]?.stringValue else { continue }
            if !seen.insert(name).inserted { return .string("repeated tags are not allowed: \(name)") }
        }
        return nil
    }
}
