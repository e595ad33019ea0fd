import KongCore

enum LdapAuthSchema {
    static let description = PluginDescription(
        name: "ldap-auth", priority: 1200, phases: ["access"], config: config, noConsumer: true)

    private static let config = RecordSchema(
        [
            .field("ldap_host", .string, required: true, .custom(.host)),
            .port("ldap_port", required: true, default: 389),
            .field("ldaps", .boolean, required: true, default: false),
            .field("start_tls", .boolean, required: true, default: false),
            .field("verify_ldap_host", .boolean, required: true, default: false),
            .field("base_dn", .string, required: true),
            .field("attribute", .string, required: true),
            .field("cache_ttl", .number, required: true, default: 60),
            .field("hide_credentials", .boolean, required: true, default: false),
            .field("timeout", .number, default: 10000),
            .field("keepalive", .number, default: 60000),
            .field("anonymous", .string),
            .field("header_type", .string, default: "ldap"),
            .field("realm", .string, required: false),
        ],
        checks: [
            .when(
                "ldaps", .equal(true), then: "start_tls", .equal(false),
                error: "'ldaps' and 'start_tls' cannot be enabled simultaneously")
        ]
    )
}
