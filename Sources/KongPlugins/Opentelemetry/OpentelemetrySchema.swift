import KongCore

enum OpentelemetrySchema {
    static let description = PluginDescription(
        name: "opentelemetry", priority: 14, phases: ["configure", "access", "header_filter", "log"], config: config)

    private static let config = RecordSchema(
        [
            .field("traces_endpoint", .string, flags: .referenceable, .custom(.url)),
            .field("logs_endpoint", .string, flags: .referenceable, .custom(.url)),
            .field(
                "headers",
                .map(keys: .element(.string, .custom(.headerName)), values: .element(.string, flags: .referenceable))),
            .field(
                "resource_attributes",
                .map(keys: .element(.string, required: true), values: .element(.string, required: true)),
                .custom(.resourceAttributes)),
            .queue.with(default: ["max_batch_size": 200]),
            .field("batch_span_count", .integer).deprecated(
                "opentelemetry: config.batch_span_count is deprecated, please use config.queue.max_batch_size instead",
                oldDefault: 200),
            .field("batch_flush_delay", .integer).deprecated(
                "opentelemetry: config.batch_flush_delay is deprecated, "
                    + "please use config.queue.max_coalescing_delay instead", oldDefault: 3),
            .timeout("connect_timeout", default: 1000),
            .timeout("send_timeout", default: 5000),
            .timeout("read_timeout", default: 5000),
            .field("http_response_header_for_traceid", .string),
            .field(
                "header_type", .string, required: false, default: "preserve",
                .oneOf([
                    "preserve", "ignore", "b3", "b3-single", "w3c", "jaeger", "ot", "aws", "gcp", "datadog", "instana",
                ])
            ).deprecated(
                "opentelemetry: config.header_type is deprecated, please use config.propagation options instead",
                oldDefault: "preserve"),
            .field("sampling_rate", .number, required: false, .between(0, 1)),
            .tracePropagation(default: "w3c"),
        ],
        shorthands: [
            .endpoint
        ],
        checks: [
            .atLeastOneOf(["traces_endpoint", "logs_endpoint"])
        ]
    )
}

extension ShorthandField {
    /// The endpoint's name when there was only one.
    fileprivate static let endpoint: ShorthandField = {
        let field = FieldSchema.field("endpoint", .string, flags: .referenceable, .custom(.url))
            .deprecated("OpenTelemetry: config.endpoint is deprecated, please use config.traces_endpoint instead")
        return ShorthandField(field) { ["traces_endpoint": $0] }
    }()
}

extension FieldValidator {
    /// Values that a resource may have.
    fileprivate static let resourceAttributes = FieldValidator("resource_attributes") { value, _ in
        for (_, attribute) in value.objectValue?.sorted(by: { $0.key < $1.key }) ?? [] {
            switch attribute {
            case .string(""): return "required field missing"
            case .string, .integer, .number, .bool: continue
            case .array, .object: return "invalid type of value: table"
            case .null: return "invalid type of value: userdata"
            }
        }
        return nil
    }
}
