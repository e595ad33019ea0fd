import KongCore

enum GrpcWebSchema {
    static let description = PluginDescription(
        name: "grpc-web", priority: 3, phases: ["access", "header_filter", "body_filter"], config: config,
        protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field("proto", .string, required: false),
        .field("pass_stripped_path", .boolean, required: false),
        .field("allow_origin_header", .string, required: false, default: "*"),
    ])
}
