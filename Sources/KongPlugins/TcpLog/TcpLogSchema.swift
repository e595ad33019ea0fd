import KongCore

enum TcpLogSchema {
    static let description = PluginDescription(
        name: "tcp-log", priority: 7, phases: ["log"], config: config, protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field("host", .string, required: true, .custom(.host)),
        .port("port", required: true),
        .field("timeout", .number, default: 10000),
        .field("keepalive", .number, default: 60000),
        .field("tls", .boolean, required: true, default: false),
        .field("tls_sni", .string),
        .customFieldsByLua,
    ])
}
