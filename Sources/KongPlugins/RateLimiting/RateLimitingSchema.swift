import KongCore

enum RateLimitingSchema {
    static let description = PluginDescription(
        name: "rate-limiting", priority: 910, phases: ["access"], config: config, entityChecks: checks,
        configValidator: .rateLimitOrder)

    private static let config = RecordSchema(
        [
            .field("second", .number, .greaterThan(0)),
            .field("minute", .number, .greaterThan(0)),
            .field("hour", .number, .greaterThan(0)),
            .field("day", .number, .greaterThan(0)),
            .field("month", .number, .greaterThan(0)),
            .field("year", .number, .greaterThan(0)),
            .field(
                "limit_by", .string, default: "consumer",
                .oneOf(["consumer", "credential", "ip", "service", "header", "path"])),
            .field("header_name", .string, .custom(.headerName)),
            .path("path"),
            .field("policy", .string, default: "local", .oneOf(["local", "cluster", "redis"]), .lengthMin(0)),
            .field("fault_tolerant", .boolean, required: true, default: true),
            .redis,
            .field("hide_client_headers", .boolean, required: true, default: false),
            .field("error_code", .number, default: 429, .greaterThan(0)),
            .field("error_message", .string, default: "API rate limit exceeded"),
            .field("sync_rate", .number, required: true, default: -1),
        ],
        shorthands: .deprecatedRedis
    )

    private static let checks: [EntityCheck] = [
        .atLeastOneOf(["config.second", "config.minute", "config.hour", "config.day", "config.month", "config.year"]),
        .when("config.policy", .equal("redis"), then: "config.redis.host", .required),
        .when("config.policy", .equal("redis"), then: "config.redis.port", .required),
        .when("config.policy", .equal("redis"), then: "config.redis.timeout", .required),
        .when("config.limit_by", .equal("header"), then: "config.header_name", .required),
        .when("config.limit_by", .equal("path"), then: "config.path", .required),
    ]
}

extension FieldValidator {
    /// Limits grow with their periods; counters are synchronised only where they are shared.
    fileprivate static let rateLimitOrder = FieldValidator("rate_limit_order") { config, _ in
        if let error = PeriodLimits.orderError(config, article: "The") { return .string(error) }
        guard let rate = config["sync_rate"]?.doubleValue, rate != -1 else { return nil }
        if config["policy"] != "redis" { return "sync_rate can only be used with the redis policy" }
        return rate < 0.02 ? "sync_rate must be greater than 0.02, or -1 to disable" : nil
    }
}
