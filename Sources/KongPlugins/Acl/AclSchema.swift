import KongCore

enum AclSchema {
    static let description = PluginDescription(
        name: "acl", priority: 950, phases: ["access"], config: config, entityChecks: checks, noConsumer: true)

    private static let config = RecordSchema([
        .field("allow", .array(of: .string), doc: "Groups that may pass."),
        .field("deny", .array(of: .string), doc: "Groups that may not pass."),
        .field(
            "hide_groups_header", .boolean, required: true, default: false,
            doc: "Whether X-Consumer-Groups is kept from the service."),
        .field(
            "always_use_authenticated_groups", .boolean, required: true, default: false,
            doc: "Whether groups of the authentication win over those of the consumer."),
    ])

    private static let checks: [EntityCheck] = [
        .onlyOneOf(["config.allow", "config.deny"]),
        .atLeastOneOf(["config.allow", "config.deny"]),
    ]
}
