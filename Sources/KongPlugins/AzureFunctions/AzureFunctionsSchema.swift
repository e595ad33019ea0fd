import KongCore

enum AzureFunctionsSchema {
    static let description = PluginDescription(
        name: "azure-functions", priority: 749, phases: ["access"], config: config, protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field("timeout", .number, default: 600000),
        .field("keepalive", .number, default: 60000),
        .field("https", .boolean, default: true),
        .field("https_verify", .boolean, default: false),
        .field("apikey", .string, flags: [.referenceable, .encrypted]),
        .field("clientid", .string, flags: [.referenceable, .encrypted]),
        .field("appname", .string, required: true),
        .field("hostdomain", .string, required: true, default: "azurewebsites.net"),
        .field("routeprefix", .string, default: "api"),
        .field("functionname", .string, required: true),
    ])
}
