import KongCore

enum AclSchema {
    static let description = PluginDescription(
        name: "acl", priority: 950, phases: ["access"], config: config, entityChecks: checks, noConsumer: true)

    private static let config = RecordSchema([
        .field("allow", .array(of: .string)),
        .field("deny", .array(of: .string)),
        .field("hide_groups_header", .boolean, required: true, default: false),
        .field("always_use_authenticated_groups", .boolean, required: true, default: false),
    ])

    private static let checks: [EntityCheck] = [
        .onlyOneOf(["config.allow", "config.deny"]),
        .atLeastOneOf(["config.allow", "config.deny"]),
    ]
}
