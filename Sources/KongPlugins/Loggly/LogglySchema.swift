import KongCore

enum LogglySchema {
    static let description = PluginDescription(
        name: "loggly", priority: 6, phases: ["log"], config: config, protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field("host", .string, default: "logs-01.loggly.com", .custom(.host)),
        .port("port", default: 514),
        .field("key", .string, required: true, flags: [.referenceable, .encrypted]),
        .field("tags", .set(of: .string), default: ["kong"]),
        .field(
            "log_level", .string, default: "info",
            .oneOf(["debug", "info", "notice", "warning", "err", "crit", "alert", "emerg"])),
        .field(
            "successful_severity", .string, default: "info",
            .oneOf(["debug", "info", "notice", "warning", "err", "crit", "alert", "emerg"])),
        .field(
            "client_errors_severity", .string, default: "info",
            .oneOf(["debug", "info", "notice", "warning", "err", "crit", "alert", "emerg"])),
        .field(
            "server_errors_severity", .string, default: "info",
            .oneOf(["debug", "info", "notice", "warning", "err", "crit", "alert", "emerg"])),
        .field("timeout", .number, default: 10000),
        .customFieldsByLua,
    ])
}
