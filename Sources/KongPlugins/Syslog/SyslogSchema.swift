import KongCore

enum SyslogSchema {
    static let description = PluginDescription(
        name: "syslog", priority: 4, phases: ["log"], config: config, protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field(
            "log_level", .string, required: true, default: "info",
            .oneOf(["debug", "info", "notice", "warning", "err", "crit", "alert", "emerg"])),
        .field(
            "successful_severity", .string, required: true, default: "info",
            .oneOf(["debug", "info", "notice", "warning", "err", "crit", "alert", "emerg"])),
        .field(
            "client_errors_severity", .string, required: true, default: "info",
            .oneOf(["debug", "info", "notice", "warning", "err", "crit", "alert", "emerg"])),
        .field(
            "server_errors_severity", .string, required: true, default: "info",
            .oneOf(["debug", "info", "notice", "warning", "err", "crit", "alert", "emerg"])),
        .customFieldsByLua,
        .field(
            "facility", .string, required: true, default: "user",
            .oneOf([
                "auth", "authpriv", "cron", "daemon", "ftp", "kern", "lpr", "mail", "news", "syslog", "user", "uucp",
                "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
            ])),
    ])
}
