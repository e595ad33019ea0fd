import KongCore
import KongPDK

/// API keys in a header, the query or the body.
///
/// Source: Kong's `kong/plugins/key-auth/handler.lua`.
public final class KeyAuth: AccessPhase {
    public static let name = "key-auth"
    public static let priority = 1250

    private let keyNames: [KeyName]
    private let hideCredentials: Bool
    private let anonymous: String?
    private let inHeader: Bool
    private let inQuery: Bool
    private let inBody: Bool
    private let runOnPreflight: Bool
    private let challenge: String
    /// By the key.
    @Worker private static let identities = EntityCache<Identity<KeyAuthCredential>>(slots: 4096)

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
        if inHeader && !hideCredentials, let first = keyNames.first {
            var found: Result<Authentication.Outcome, PluginError>?
            _ = request.withHeader(first.header) { key in
                guard !key.isEmpty, !request.hasSeveralHeaders(first.header) else { return }
                do throws(PluginError) { found = .success(try authenticate(request, key)) } catch {
                    found = .failure(error)
                }
            }
            if let found { return try found.get() }
        }
        switch findKey(context) {
        case .none: return .refused(unauthorized("No API key found in request"))
        case .duplicate: return .refused(unauthorized("Duplicate API key found"))
        case .key(let key):
            if key.isEmpty { return .refused(unauthorized("No API key found in request")) }
            return try key.withUnsafeBufferPointer { bytes throws(PluginError) in try authenticate(request, bytes) }
        }
    }

    @Worker
    private func authenticate(
        _ request: any RequestBackend, _ key: UnsafeBufferPointer<UInt8>
    ) throws(PluginError) -> Authentication.Outcome {
        guard let identity = try Self.identities.find(key, request.entities),
            identity.credential.expires.map({ $0 > request.now }) ?? true
        else {
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
