import KongCore

enum ProxyCacheSchema {
    static let description = PluginDescription(
        name: "proxy-cache", priority: 100, phases: ["init_worker", "access", "header_filter", "body_filter"],
        config: config, entityChecks: checks, protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field(
            "response_code", .array(of: .integer, .between(100, 900)), required: true, default: [200, 301, 404],
            .lengthMin(1)),
        .field(
            "request_method", .array(of: .string, .oneOf(["HEAD", "GET", "POST", "PATCH", "PUT"])), required: true,
            default: ["GET", "HEAD"]),
        .field("content_type", .array(of: .string), required: true, default: ["text/plain", "application/json"]),
        .field("cache_ttl", .integer, default: 300, .greaterThan(0)),
        .field("strategy", .string, required: true, .oneOf(["memory"])),
        .field("cache_control", .boolean, required: true, default: false),
        .field("ignore_uri_case", .boolean, required: false, default: false),
        .field("storage_ttl", .integer),
        .field("memory", .record(memory), required: true),
        .field("vary_query_params", .array(of: .string)),
        .field("vary_headers", .array(of: .string)),
        .field("response_headers", .record(responseHeaders), required: true),
    ])

    private static let responseHeaders = RecordSchema([
        .field("age", .boolean, default: true),
        .field("X-Cache-Status", .boolean, default: true),
        .field("X-Cache-Key", .boolean, default: true),
    ])

    private static let memory = RecordSchema([
        .field("dictionary_name", .string, required: true, default: "kong_db_cache")
    ])

    private static let checks: [EntityCheck] = [
        .custom(.proxyCacheShm)
    ]
}

extension EntityValidator {
    /// Responses in memory need a shared zone that exists.
    fileprivate static let proxyCacheShm = EntityValidator("proxy_cache_shm", fieldSources: ["config"]) { plugin, _ in
        guard plugin["config"]?["strategy"] == "memory",
            let name = plugin["config"]?["memory"]?["dictionary_name"]?.stringValue, !sharedZones.contains(name)
        else { return nil }
        return EntityFailure(message: "missing shared dict '\(name)'")
    }

    private static let sharedZones: Set<String> = [
        "kong", "kong_db_cache", "kong_core_db_cache", "kong_locks", "kong_healthchecks", "kong_cluster_events",
        "kong_rate_limiting_counters", "kong_secrets", "prometheus_metrics",
    ]
}
