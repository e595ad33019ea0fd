import KongCore

enum ResponseRatelimitingSchema {
    static let description = PluginDescription(
        name: "response-ratelimiting", priority: 900, phases: ["access", "header_filter", "log"], config: config,
        entityChecks: checks)

    private static let config = RecordSchema(
        [
            .field("header_name", .string, default: "x-kong-limit"),
            .field("limit_by", .string, default: "consumer", .oneOf(["consumer", "credential", "ip"])),
            .field("policy", .string, default: "local", .oneOf(["local", "cluster", "redis"])),
            .field("fault_tolerant", .boolean, required: true, default: true),
            .redis,
            .field("block_on_first_violation", .boolean, required: true, default: false),
            .field("hide_client_headers", .boolean, required: true, default: false),
            .field(
                "limits",
                .map(keys: .element(.string), values: .element(.record(element), required: true, .custom(.rrlOrder))),
                required: true, .lengthMin(1)),
        ],
        shorthands: .deprecatedRedis
    )

    private static let element = RecordSchema(
        [
            .field("second", .number, .greaterThan(0)),
            .field("minute", .number, .greaterThan(0)),
            .field("hour", .number, .greaterThan(0)),
            .field("day", .number, .greaterThan(0)),
            .field("month", .number, .greaterThan(0)),
            .field("year", .number, .greaterThan(0)),
        ],
        checks: [
            .atLeastOneOf(["second", "minute", "hour", "day", "month", "year"])
        ]
    )

    private static let checks: [EntityCheck] = [
        .when("config.policy", .equal("redis"), then: "config.redis.host", .required),
        .when("config.policy", .equal("redis"), then: "config.redis.port", .required),
        .when("config.policy", .equal("redis"), then: "config.redis.timeout", .required),
    ]
}

extension FieldValidator {
    /// Limits grow with their periods.
    fileprivate static let rrlOrder = FieldValidator("rrl_order") { limits, _ in
        PeriodLimits.orderError(limits, article: "the").map(JSONValue.string)
    }
}
