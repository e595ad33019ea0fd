import KongPDK

/// The bundled plugins that have behaviour, by name.
public enum Registry {
    public static let plugins: [any Plugin.Type] = [
        Acl.self,
        BasicAuth.self,
        BotDetection.self,
        CorrelationId.self,
        Cors.self,
        HmacAuth.self,
        IpRestriction.self,
        Jwt.self,
        KeyAuth.self,
        Redirect.self,
        RequestSizeLimiting.self,
        RequestTermination.self,
        ResponseTransformer.self,
        StandardWebhooks.self,
    ]
}
