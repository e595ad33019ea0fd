import KongCore

enum SessionSchema {
    static let description = PluginDescription(
        name: "session", priority: 1900, phases: ["access", "header_filter"], config: config,
        protocolsAllowed: Protocols.all, noConsumer: true)

    private static let config = RecordSchema(
        [
            .field(
                "secret", .string, required: false, default: .string(RandomText.base64(32)),
                flags: [.referenceable, .encrypted]),
            .field("storage", .string, default: "cookie", .oneOf(["cookie", "kong"])),
            .field("audience", .string, default: "default"),
            .field("idling_timeout", .number, default: 900),
            .field("rolling_timeout", .number, default: 3600),
            .field("absolute_timeout", .number, default: 86400),
            .field("stale_ttl", .number, default: 10),
            .field("cookie_name", .string, default: "session"),
            .field("cookie_path", .string, default: "/"),
            .field("cookie_domain", .string),
            .field("cookie_same_site", .string, default: "Strict", .oneOf(["Strict", "Lax", "None", "Default"])),
            .field("cookie_http_only", .boolean, default: true),
            .field("cookie_secure", .boolean, default: true),
            .field("remember", .boolean, default: false),
            .field("remember_cookie_name", .string, default: "remember"),
            .field("remember_rolling_timeout", .number, default: 604800),
            .field("remember_absolute_timeout", .number, default: 2_592_000),
            .field(
                "response_headers",
                .set(
                    of: .string,
                    .oneOf([
                        "id", "audience", "subject", "timeout", "idling-timeout", "rolling-timeout", "absolute-timeout",
                    ]))),
            .field(
                "request_headers",
                .set(
                    of: .string,
                    .oneOf([
                        "id", "audience", "subject", "timeout", "idling-timeout", "rolling-timeout", "absolute-timeout",
                    ]))),
            .field("read_body_for_logout", .boolean, default: false),
            .field(
                "logout_methods", .set(of: .string, .oneOf(["GET", "POST", "DELETE"])), default: ["POST", "DELETE"]),
            .field("logout_query_arg", .string, default: "session_logout"),
            .field("logout_post_arg", .string, default: "session_logout"),
        ],
        shorthands: [
            .renamed("cookie_lifetime", .number, to: "rolling_timeout"),
            .cookieIdletime,
            .cookieRenew,
            .renamed("cookie_discard", .number, to: "stale_ttl"),
            .cookieSamesite,
            .renamed("cookie_httponly", .boolean, to: "cookie_http_only"),
            .renamed("cookie_persistent", .boolean, to: "remember"),
        ]
    )
}

extension ShorthandField {
    /// A field that has another name now.
    fileprivate static func renamed(_ name: String, _ type: FieldType, to new: String) -> ShorthandField {
        ShorthandField(FieldSchema(name: name, type: type)) { [new: $0] }
    }

    fileprivate static let cookieIdletime = ShorthandField(FieldSchema(name: "cookie_idletime", type: .number)) {
        ["idling_timeout": $0.isNull ? 0 : $0]
    }

    /// Sessions renew themselves now.
    fileprivate static let cookieRenew = ShorthandField(FieldSchema(name: "cookie_renew", type: .number)) { _ in nil }

    fileprivate static let cookieSamesite = ShorthandField(FieldSchema(name: "cookie_samesite", type: .string)) {
        ["cookie_same_site": $0 == "off" ? "Lax" : $0]
    }
}
