import KongCore

enum PrometheusSchema {
    static let description = PluginDescription(
        name: "prometheus", priority: 13, phases: ["init_worker", "configure", "log"], config: config,
        protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field("per_consumer", .boolean, default: false),
        .field("status_code_metrics", .boolean, default: false),
        .field("ai_metrics", .boolean, default: false),
        .field("latency_metrics", .boolean, default: false),
        .field("bandwidth_metrics", .boolean, default: false),
        .field("upstream_health_metrics", .boolean, default: false),
    ])
}
