import KongCore

enum SyslogSchema {
    static let description = PluginDescription(
        name: "syslog", priority: 4, phases: ["log"], config: config, protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .severity("log_level", required: true),
        .severity("successful_severity", required: true),
        .severity("client_errors_severity", required: true),
        .severity("server_errors_severity", required: true),
        .customFieldsByLua,
        .field(
            "facility", .string, required: true, default: "user",
            .oneOf([
                "auth", "authpriv", "cron", "daemon", "ftp", "kern", "lpr", "mail", "news", "syslog", "user", "uucp",
                "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
            ])),
    ])
}
