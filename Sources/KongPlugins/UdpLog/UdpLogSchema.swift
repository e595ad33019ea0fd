import KongCore

enum UdpLogSchema {
    static let description = PluginDescription(
        name: "udp-log", priority: 8, phases: ["log"], config: config, protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field("host", .string, required: true, .custom(.host)),
        .port("port", required: true),
        .field("timeout", .number, default: 10000),
        .customFieldsByLua,
    ])
}
