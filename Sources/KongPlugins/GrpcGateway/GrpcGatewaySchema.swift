import KongCore

enum GrpcGatewaySchema {
    static let description = PluginDescription(
        name: "grpc-gateway", priority: 998, phases: ["access", "header_filter", "body_filter"], config: config,
        protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field("proto", .string, required: false)
    ])
}
