import KongCore
import KongPDK

/// User names and passwords in `Proxy-Authorization` or `Authorization`.
///
/// Source: Kong's `kong/plugins/basic-auth/access.lua`; RFC 7617.
public final class BasicAuth: AccessPhase {
    public static let name = "basic-auth"
    public static let priority = 1100

    private let hideCredentials: Bool
    private let anonymous: String?
    private let challenge: String
    /// By the user name.
    @Worker private static let identities = EntityCache<Identity<BasicAuthCredential>>(slots: 4096)

    private static let authorization: HeaderName = "Authorization"
    private static let proxyAuthorization: HeaderName = "Proxy-Authorization"

    public init(_ config: PluginConfiguration) throws(PluginError) {
        hideCredentials = config.bool("hide_credentials")
        anonymous = config.anonymous
        challenge = "Basic realm=\"\(config.string("realm") ?? "service")\""
    }

    public func access(_ context: AccessContext) throws(PluginError) -> Verdict {
        let request = context.request
        return try Authentication.run(request, anonymous: anonymous) { () throws(PluginError) in
            try authenticate(request)
        }
    }

    @Worker
    private func authenticate(_ request: any RequestBackend) throws(PluginError) -> Authentication.Outcome {
        let refusal = Authentication.Outcome.refused(.error(401, nil, headers: [("WWW-Authenticate", challenge)]))
        var given = take(Self.proxyAuthorization, request)
        var identity = try given.flatMap { given throws(PluginError) in
            try Self.identities.find(given.user, request.entities)
        }
        // A proxy's credentials need not be ours: the other header is asked too.
        if identity == nil {
            given = take(Self.authorization, request)
            identity = try given.flatMap { given throws(PluginError) in
                try Self.identities.find(given.user, request.entities)
            }
        }
        guard let given, let identity else { return refusal }
        let hash = Digest.sha1.hash(given.password + identity.credential.consumer.text).hexadecimal
        guard !hash.isEmpty, ConstantTime.equal(hash, identity.credential.password) else { return refusal }
        return try identity.authenticate(request)
    }

    /// What a header says; the header goes if the service may not see it.
    @Worker
    private func take(_ name: HeaderName, _ request: any RequestBackend) -> BasicCredentials? {
        guard let value = request.headers(name).first else { return nil }
        if hideCredentials { request.removeHeader(name) }
        return BasicCredentials(header: value)
    }
}
