import KongCore

enum DatadogSchema {
    static let description = PluginDescription(
        name: "datadog", priority: 10, phases: ["log"], config: config, protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field("host", .string, default: "localhost", flags: .referenceable, .custom(.host)),
        .port("port", default: 8125),
        .field("prefix", .string, default: "kong"),
        .field("service_name_tag", .string, default: "name"),
        .field("status_tag", .string, default: "status"),
        .field("consumer_tag", .string, default: "consumer"),
        .retryCount(of: "datadog"),
        .queueSize(of: "datadog"),
        .flushTimeout(of: "datadog"),
        .queue,
        .field(
            "metrics", .array(.element(.record(element))), required: true,
            default: [
                [
                    "name": "request_count", "consumer_identifier": "custom_id", "sample_rate": 1,
                    "stat_type": "counter", "tags": ["app:kong"],
                ], ["name": "latency", "consumer_identifier": "custom_id", "stat_type": "timer", "tags": ["app:kong"]],
                [
                    "name": "request_size", "consumer_identifier": "custom_id", "stat_type": "timer",
                    "tags": ["app:kong"],
                ],
                [
                    "name": "response_size", "consumer_identifier": "custom_id", "stat_type": "timer",
                    "tags": ["app:kong"],
                ],
                [
                    "name": "upstream_latency", "consumer_identifier": "custom_id", "stat_type": "timer",
                    "tags": ["app:kong"],
                ],
                [
                    "name": "kong_latency", "consumer_identifier": "custom_id", "stat_type": "timer",
                    "tags": ["app:kong"],
                ],
            ]),
    ])

    private static let element = RecordSchema(
        [
            .field(
                "name", .string, required: true,
                .oneOf([
                    "kong_latency", "latency", "request_count", "request_size", "response_size", "upstream_latency",
                ])),
            .field(
                "stat_type", .string, required: true,
                .oneOf(["counter", "gauge", "histogram", "meter", "set", "timer", "distribution"])),
            .field("tags", .array(of: .string, .match("^.*[^:]$"))),
            .field("sample_rate", .number, .between(0, 1)),
            .field("consumer_identifier", .string, .oneOf(["consumer_id", "custom_id", "username"])),
        ],
        checks: [
            .when("stat_type", .oneOf(["counter", "gauge"]), then: "sample_rate", .required)
        ]
    )
}
