import KongCore

enum AcmeSchema {
    static let description = PluginDescription(
        name: "acme", priority: 1705, phases: ["init_worker", "configure", "certificate", "access"], config: config,
        entityChecks: checks, noConsumer: true, noService: true, noRoute: true)

    private static let config = RecordSchema([
        .field(
            "account_email", .string, required: true, flags: [.referenceable, .encrypted], .match("%w*%p*@+%w*%.?%w*")),
        .field("account_key", .record(accountKey), required: false),
        .field("api_uri", .string, default: "https://acme-v02.api.letsencrypt.org/directory", .custom(.url)),
        .field("tos_accepted", .boolean, default: false),
        .field("eab_kid", .string, flags: [.referenceable, .encrypted]),
        .field("eab_hmac_key", .string, flags: [.referenceable, .encrypted]),
        .field("cert_type", .string, default: "rsa", .oneOf(["rsa", "ecc"])),
        .field("rsa_key_size", .number, default: 4096, .oneOf([2048, 3072, 4096])),
        .field("renew_threshold_days", .number, default: 14),
        .field(
            "domains",
            .array(
                of: .string,
                .matchAll([PatternRule("^[^*]*%*?[^*]*$", error: "invalid wildcard: must have at most one wildcard")]),
                .matchAny(
                    ["^%*%.", "%.%*$", "^[^*]*$"],
                    error: "invalid wildcard: must be placed at leftmost or rightmost label"),
                .custom(.hostWithWildcards))),
        .field("allow_any_domain", .boolean, default: false),
        .field("fail_backoff_minutes", .number, default: 5),
        .field("storage", .string, default: "shm", .oneOf(["kong", "shm", "redis", "consul", "vault"])),
        .field("storage_config", .record(storageConfig), required: true),
        .field("preferred_chain", .string),
        .field("enable_ipv4_common_name", .boolean, default: true),
    ])

    private static let storageConfig = RecordSchema([
        .field("shm", .record(shm), required: true),
        .field("kong", .record([]), required: true),
        .field("redis", .record(redis), required: true),
        .field("consul", .record(consul), required: true),
        .field("vault", .record(vault), required: true),
    ])

    private static let vault = RecordSchema([
        .field("https", .boolean, default: false),
        .field("host", .string, .custom(.host)),
        .port("port"),
        .field("kv_path", .string),
        .field("timeout", .number),
        .field("token", .string, flags: .referenceable),
        .field("tls_verify", .boolean, default: true),
        .field("tls_server_name", .string),
        .field("auth_method", .string, default: "token", .oneOf(["token", "kubernetes"])),
        .field("auth_path", .string),
        .field("auth_role", .string),
        .field("jwt_path", .string),
    ])

    private static let consul = RecordSchema([
        .field("https", .boolean, default: false),
        .field("host", .string, .custom(.host)),
        .port("port"),
        .field("kv_path", .string),
        .field("timeout", .number),
        .field("token", .string, flags: .referenceable),
    ])

    private static let redis = RecordSchema(
        SharedRecords.redis.fields + [
            .field("extra_options", .record(extraOptions), required: true)
        ],
        shorthands: [
            .deprecated("auth", .string, for: "password", .lengthMin(0)),
            .deprecated("ssl_server_name", .string, for: "server_name"),
            .deprecated("namespace", .string, for: "extra_options.namespace", .lengthMin(0)),
            .deprecated("scan_count", .integer, for: "extra_options.scan_count"),
        ]
    )

    private static let extraOptions = RecordSchema([
        .field("namespace", .string, required: true, default: "", .lengthMin(0), .custom(.acmeNamespace)),
        .field("scan_count", .number, required: false, default: 10),
    ])

    private static let shm = RecordSchema([
        .field("shm_name", .string, default: "kong")
    ])

    private static let accountKey = RecordSchema([
        .field("key_id", .string, required: true),
        .field("key_set", .string),
    ])

    private static let checks: [EntityCheck] = [
        .when(
            "config.api_uri",
            .oneOf(["https://acme-v02.api.letsencrypt.org", "https://acme-staging-v02.api.letsencrypt.org"]),
            then: "config.tos_accepted", .equal(true),
            error: "terms of service must be accepted, see https://letsencrypt.org/repository/"),
        .when("config.storage", .equal("redis"), then: "config.storage_config.redis.host", .required),
        .when("config.storage", .equal("redis"), then: "config.storage_config.redis.port", .required),
        .custom(.acmeStorageMode),
    ]
}

extension FieldValidator {
    /// Names of other data in the same store may not be taken for a name space.
    fileprivate static let acmeNamespace = FieldValidator("acme_namespace") { value, _ in
        let reserved = [
            "kong_acme:account:", "kong_acme:cert_key:", "kong_acme:renew_config:", "kong_acme:renew_last_run",
            "kong_acme:fail_backoff:", "kong_acme:update_lock:",
        ]
        guard let text = value.stringValue, let word = reserved.first(where: text.hasPrefix) else { return nil }
        return .string("namespace can't be prefixed with reserved word: \(word)")
    }
}

extension EntityValidator {
    /// Where a process has no database of its own, the storage must be another.
    fileprivate static let acmeStorageMode = EntityValidator("acme_storage_mode", fieldSources: ["config.storage"]) {
        plugin, context in
        switch plugin["config"]?["storage"] {
        case "kong" where context.database == "off" && context.role != "data_plane":
            EntityFailure(message: "\"kong\" storage can't be used with dbless mode")
        case "shm" where context.role == "control_plane":
            EntityFailure(message: "\"shm\" storage can't be used in Hybrid mode")
        default: nil
        }
    }
}
