import KongCore
import KongPDK

/// API keys in a header, the query or the body.
///
/// Source: Kong's `kong/plugins/key-auth/handler.lua`.
public final class KeyAuth: AccessPhase {
    public static let name = "key-auth"
    public static let priority = 1250

    private let keyNames: [KeyName]
    /// The first of them, where headers are searched and nothing is hidden.
    private let usualHeader: HeaderName?
    private let hideCredentials: Bool
    private let anonymous: String?
    private let inHeader: Bool
    private let inQuery: Bool
    private let inBody: Bool
    private let runOnPreflight: Bool
    private let challenge: String
    private let identities: Identities
    private typealias Identities = EntityCache<Identity<KeyAuthCredential>>
    /// By the key, for all configurations.
    @Worker private static let identities = Identities(slots: 4096)

    private final class KeyName: Sendable {
        let text: String
        let header: HeaderName

        init(_ text: String) {
            self.text = text
            header = HeaderName(text)
        }
    }

    public init(_ config: PluginConfiguration) throws(PluginError) {
        guard let names = config.strings("key_names") else { throw PluginError("no key_names") }
        keyNames = names.map { KeyName($0) }
        hideCredentials = config.bool("hide_credentials")
        anonymous = config.anonymous
        inHeader = config.bool("key_in_header")
        inQuery = config.bool("key_in_query")
        inBody = config.bool("key_in_body")
        runOnPreflight = config.bool("run_on_preflight")
        usualHeader = inHeader && !hideCredentials ? keyNames.first?.header : nil
        identities = Self.identities
        challenge = config.string("realm").map { "Key realm=\"\($0)\"" } ?? "Key"
    }

    public func access(_ context: AccessContext) throws(PluginError) -> Verdict {
        let request = context.request
        if !runOnPreflight && request.method == "OPTIONS" { return .next }
        let isKnown = anonymous != nil && request.credential != nil
        if inBody && !isKnown && request.body == nil { return .readBody }
        return try Authentication.run(request, anonymous: anonymous) { () throws(PluginError) in
            try authenticate(context)
        }
    }

    @Worker
    private func authenticate(_ context: AccessContext) throws(PluginError) -> Authentication.Outcome {
        let request = context.request
        // The usual request: one key, in a header, nothing to hide. No copy of it is made.
        if let usualHeader {
            var identity: Identity<KeyAuthCredential>?
            var failure: PluginError?
            var isFound = false
            request.withFirstHeader(usualHeader) { key, isOnly in
                guard isOnly, !key.isEmpty else { return }
                isFound = true
                do throws(PluginError) { identity = try identities.find(key, request.entities) } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            if isFound { return try authenticate(request, identity) }
        }
        switch findKey(context) {
        case .none: return .refused(unauthorized("No API key found in request"))
        case .duplicate: return .refused(unauthorized("Duplicate API key found"))
        case .key(let key):
            if key.isEmpty { return .refused(unauthorized("No API key found in request")) }
            return try authenticate(request, identities.find(key, request.entities))
        }
    }

    @Worker
    private func authenticate(
        _ request: any RequestBackend, _ identity: Identity<KeyAuthCredential>?
    ) throws(PluginError) -> Authentication.Outcome {
        guard let identity, identity.credential.expires.map({ $0 > request.now }) ?? true else {
            return .refused(unauthorized("Unauthorized"))
        }
        return try identity.authenticate(request)
    }

    private enum Key {
        case none
        case duplicate
        case key([UInt8])
    }

    @Worker
    private func findKey(_ context: AccessContext) -> Key {
        let request = context.request
        let body = inBody ? request.body.flatMap { RequestFields($0, request) } : nil
        for name in keyNames {
            var values: [[UInt8]] = []
            if inHeader { values = request.headers(name.header) }
            if values.isEmpty && inQuery { values = context.queryArguments(name.text) }
            if values.isEmpty, let body { values = body.values(of: name.text) }
            guard let first = values.first else { continue }
            if values.count > 1 { return .duplicate }
            if hideCredentials {
                if !context.queryArguments(name.text).isEmpty { context.removeQueryArgument(name.text) }
                request.removeHeader(name.header)
                if let body, !body.values(of: name.text).isEmpty { request.setBody(body.removing(name.text)) }
            }
            return .key(first)
        }
        return .none
    }

    private func unauthorized(_ message: String) -> Response {
        .error(401, message, headers: [("WWW-Authenticate", challenge)])
    }
}
