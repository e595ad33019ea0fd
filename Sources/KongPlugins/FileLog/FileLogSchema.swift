import KongCore

enum FileLogSchema {
    static let description = PluginDescription(
        name: "file-log", priority: 9, phases: ["log"], config: config, protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field(
            "path", .string, required: true, error: "not a valid filename",
            .match(#"^[^*&%%\`]+$"#)),
        .field("reopen", .boolean, required: true, default: false),
        .customFieldsByLua,
    ])
}
