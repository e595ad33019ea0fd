import KongCore

enum IpRestrictionSchema {
    static let description = PluginDescription(
        name: "ip-restriction", priority: 990, phases: ["access", "preread"], config: config, entityChecks: checks,
        protocolsAllowed: Protocols.all, protocolsDefault: ["http", "https", "tcp", "tls", "grpc", "grpcs"])

    private static let config = RecordSchema([
        .field("allow", .array(of: .string, .custom(.ipOrCIDR))),
        .field("deny", .array(of: .string, .custom(.ipOrCIDR))),
        .field("status", .number, required: false),
        .field("message", .string, required: false),
    ])

    private static let checks: [EntityCheck] = [
        .atLeastOneOf(["config.allow", "config.deny"])
    ]
}
