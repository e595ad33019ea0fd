import KongCore

enum LogglySchema {
    static let description = PluginDescription(
        name: "loggly", priority: 6, phases: ["log"], config: config, protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field("host", .string, default: "logs-01.loggly.com", .custom(.host)),
        .port("port", default: 514),
        .field("key", .string, required: true, flags: [.referenceable, .encrypted]),
        .field("tags", .set(of: .string), default: ["kong"]),
        .severity("log_level"),
        .severity("successful_severity"),
        .severity("client_errors_severity"),
        .severity("server_errors_severity"),
        .field("timeout", .number, default: 10000),
        .customFieldsByLua,
    ])
}
