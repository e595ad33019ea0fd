import KongCore

enum JwtSchema {
    static let description = PluginDescription(
        name: "jwt", priority: 1450, phases: ["access"], config: config, entityChecks: checks, noConsumer: true)

    private static let config = RecordSchema([
        .field("uri_param_names", .set(of: .string), default: ["jwt"]),
        .field("cookie_names", .set(of: .string), default: []),
        .field("key_claim_name", .string, default: "iss"),
        .field("secret_is_base64", .boolean, required: true, default: false),
        .field("claims_to_verify", .set(of: .string, .oneOf(["exp", "nbf"]))),
        .field("anonymous", .string),
        .field("run_on_preflight", .boolean, required: true, default: true),
        .field("maximum_expiration", .number, default: 0, .between(0, 31_536_000)),
        .field("header_names", .set(of: .string), default: ["authorization"]),
        .field("realm", .string, required: false),
    ])

    private static let checks: [EntityCheck] = [
        .when(
            "config.maximum_expiration", .check(.greaterThan(0)), then: "config.claims_to_verify",
            .check(.contains("exp")))
    ]
}
