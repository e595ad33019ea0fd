import KongCore

/// The plugins that Kong 3.9 bundles, in the order in which they run.
public struct BundledPlugins: PluginCatalogue {
    /// Those whose behaviour is implemented. The others are declared, so that configurations validate, but refused.
    public static let available = Set(Registry.plugins.map { $0.name })

    public let all: [PluginDescription]
    private let byName: [String: PluginDescription]

    public init(available: Set<String> = Self.available) {
        all = Self.declared.map { declared in
            var plugin = declared
            plugin.available = available.contains(plugin.name)
            return plugin
        }
        byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    }

    public func plugin(_ name: String) -> PluginDescription? { byName[name] }

    private static let declared: [PluginDescription] = [
        PreFunctionSchema.description,
        CorrelationIdSchema.description,
        ZipkinSchema.description,
        BotDetectionSchema.description,
        CorsSchema.description,
        SessionSchema.description,
        AcmeSchema.description,
        JwtSchema.description,
        Oauth2Schema.description,
        KeyAuthSchema.description,
        LdapAuthSchema.description,
        BasicAuthSchema.description,
        HmacAuthSchema.description,
        GrpcGatewaySchema.description,
        IpRestrictionSchema.description,
        RequestSizeLimitingSchema.description,
        AclSchema.description,
        RateLimitingSchema.description,
        ResponseRatelimitingSchema.description,
        RequestTransformerSchema.description,
        ResponseTransformerSchema.description,
        RedirectSchema.description,
        AiRequestTransformerSchema.description,
        AiPromptTemplateSchema.description,
        AiPromptDecoratorSchema.description,
        AiPromptGuardSchema.description,
        AiProxySchema.description,
        AiResponseTransformerSchema.description,
        StandardWebhooksSchema.description,
        AwsLambdaSchema.description,
        AzureFunctionsSchema.description,
        ProxyCacheSchema.description,
        OpentelemetrySchema.description,
        PrometheusSchema.description,
        HttpLogSchema.description,
        StatsdSchema.description,
        DatadogSchema.description,
        FileLogSchema.description,
        UdpLogSchema.description,
        TcpLogSchema.description,
        LogglySchema.description,
        SyslogSchema.description,
        GrpcWebSchema.description,
        RequestTerminationSchema.description,
        PostFunctionSchema.description,
    ]
}
