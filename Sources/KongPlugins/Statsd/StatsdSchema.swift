import KongCore

enum StatsdSchema {
    static let description = PluginDescription(
        name: "statsd", priority: 11, phases: ["log"], config: config, protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field("host", .string, default: "localhost", .custom(.host)),
        .port("port", default: 8125),
        .field("prefix", .string, default: "kong"),
        .field(
            "metrics", .array(.element(.record(element))),
            default: [
                ["name": "request_count", "sample_rate": 1, "stat_type": "counter"],
                ["name": "latency", "stat_type": "timer"],
                ["name": "request_size", "sample_rate": 1, "stat_type": "counter"],
                ["name": "status_count", "sample_rate": 1, "stat_type": "counter"],
                ["name": "response_size", "sample_rate": 1, "stat_type": "counter"],
                ["name": "unique_users", "stat_type": "set"],
                ["name": "request_per_user", "sample_rate": 1, "stat_type": "counter"],
                ["name": "upstream_latency", "stat_type": "timer"], ["name": "kong_latency", "stat_type": "timer"],
                ["name": "status_count_per_user", "sample_rate": 1, "stat_type": "counter"],
                ["name": "status_count_per_workspace", "sample_rate": 1, "stat_type": "counter"],
                ["name": "status_count_per_user_per_route", "sample_rate": 1, "stat_type": "counter"],
                ["name": "shdict_usage", "sample_rate": 1, "stat_type": "gauge"],
            ]),
        .field("allow_status_codes", .array(of: .string, .match("^[0-9]+-[0-9]+$"))),
        .field("udp_packet_size", .number, default: 0, .between(0, 65507)),
        .field("use_tcp", .boolean, default: false),
        .field("hostname_in_prefix", .boolean, default: false),
        .field(
            "consumer_identifier_default", .string, required: true, default: "custom_id",
            .oneOf(["consumer_id", "custom_id", "username"])),
        .field(
            "service_identifier_default", .string, required: true, default: "service_name_or_host",
            .oneOf(["service_id", "service_name", "service_host", "service_name_or_host"])),
        .field(
            "workspace_identifier_default", .string, required: true, default: "workspace_id",
            .oneOf(["workspace_id", "workspace_name"])),
        .retryCount(of: "statsd"),
        .queueSize(of: "statsd"),
        .flushTimeout(of: "statsd"),
        .field("tag_style", .string, required: false, .oneOf(["dogstatsd", "influxdb", "librato", "signalfx"])),
        .queue,
    ])

    private static let element = RecordSchema(
        [
            .field(
                "name", .string, required: true,
                .oneOf([
                    "kong_latency", "latency", "request_count", "request_per_user", "request_size", "response_size",
                    "status_count", "status_count_per_user", "unique_users", "upstream_latency",
                    "status_count_per_workspace", "status_count_per_user_per_route", "shdict_usage",
                ])),
            .field(
                "stat_type", .string, required: true,
                .oneOf(["counter", "gauge", "histogram", "meter", "set", "timer"])),
            .field("sample_rate", .number, .greaterThan(0)),
            .field("consumer_identifier", .string, .oneOf(["consumer_id", "custom_id", "username"])),
            .field(
                "service_identifier", .string,
                .oneOf(["service_id", "service_name", "service_host", "service_name_or_host"])),
            .field("workspace_identifier", .string, .oneOf(["workspace_id", "workspace_name"])),
        ],
        checks: [
            .when("stat_type", .oneOf(["counter", "gauge"]), then: "sample_rate", .required)
        ]
    )
}
