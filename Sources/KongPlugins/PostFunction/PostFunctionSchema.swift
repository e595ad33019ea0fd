import KongCore

enum PostFunctionSchema {
    static let description = PluginDescription(
        name: "post-function", priority: -1000,
        phases: ["certificate", "rewrite", "access", "header_filter", "body_filter", "log"], config: config,
        entityChecks: checks, protocolsAllowed: Protocols.all, noConsumer: true)

    private static let config = RecordSchema([
        .field("certificate", .array(.element(.string, required: false)), required: true, default: []),
        .field("rewrite", .array(.element(.string, required: false)), required: true, default: []),
        .field("access", .array(.element(.string, required: false)), required: true, default: []),
        .field("header_filter", .array(.element(.string, required: false)), required: true, default: []),
        .field("body_filter", .array(.element(.string, required: false)), required: true, default: []),
        .field("log", .array(.element(.string, required: false)), required: true, default: []),
    ])

    private static let checks: [EntityCheck] = [
        .atLeastOneOf([
            "config.certificate", "config.rewrite", "config.access", "config.header_filter", "config.body_filter",
            "config.log",
        ])
    ]
}
