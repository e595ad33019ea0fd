import KongCore

enum Oauth2Schema {
    static let description = PluginDescription(
        name: "oauth2", priority: 1400, phases: ["access"], config: config, configValidator: .oneFlow, noConsumer: true)

    private static let config = RecordSchema(
        [
            .field("scopes", .array(of: .string)),
            .field("mandatory_scope", .boolean, required: true, default: false),
            .field("provision_key", .string, required: true, unique: true, flags: [.auto, .encrypted]),
            .field("token_expiration", .number, required: true, default: 7200),
            .field("enable_authorization_code", .boolean, required: true, default: false),
            .field("enable_implicit_grant", .boolean, required: true, default: false),
            .field("enable_client_credentials", .boolean, required: true, default: false),
            .field("enable_password_grant", .boolean, required: true, default: false),
            .field("hide_credentials", .boolean, required: true, default: false),
            .field("accept_http_if_already_terminated", .boolean, required: true, default: false),
            .field("anonymous", .string),
            .field("global_credentials", .boolean, required: true, default: false),
            .field("auth_header_name", .string, default: "authorization"),
            .field("refresh_token_ttl", .number, required: true, default: 1_209_600, .between(0, 100_000_000)),
            .field("reuse_refresh_token", .boolean, required: true, default: false),
            .field("pkce", .string, required: false, default: "lax", .oneOf(["none", "lax", "strict"])),
            .field("realm", .string, required: false),
        ],
        checks: [
            .when("mandatory_scope", .equal(true), then: "scopes", .required)
        ]
    )
}

extension FieldValidator {
    /// Without a flow no client could ever get a token.
    fileprivate static let oneFlow = FieldValidator("one_flow") { config, _ in
        let flows = [
            "enable_authorization_code", "enable_implicit_grant", "enable_client_credentials", "enable_password_grant",
        ]
        if flows.contains(where: { config[$0] == true }) { return nil }
        return .string("at least one of these fields must be true: \(flows.joined(separator: ", "))")
    }
}
