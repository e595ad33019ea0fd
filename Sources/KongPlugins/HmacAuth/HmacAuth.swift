import KongCore
import KongPDK

/// Requests signed with a secret that both sides know.
///
/// Source: Kong's `kong/plugins/hmac-auth/access.lua`; draft-cavage-http-signatures.
public final class HmacAuth: AccessPhase {
    public static let name = "hmac-auth"
    public static let priority = 1030

    private let hideCredentials: Bool
    private let clockSkew: Double
    private let anonymous: String?
    private let validatesBody: Bool
    /// By the spelling that a request must list them in.
    private let enforcedHeaders: [String: HeaderName]
    private let algorithms: [String: Digest]
    private let challenge: String
    /// By the user name.
    @Worker private static let identities = EntityCache<Identity<HmacAuthCredential>>(slots: 1024)

    private static let authorization: HeaderName = "Authorization"
    private static let proxyAuthorization: HeaderName = "Proxy-Authorization"
    private static let date: HeaderName = "Date"
    private static let xDate: HeaderName = "X-Date"
    private static let digest: HeaderName = "Digest"
    private static let notVerified = "HMAC signature cannot be verified"
    private static let notTheSame = "HMAC signature does not match"

    public init(_ config: PluginConfiguration) throws(PluginError) {
        hideCredentials = config.bool("hide_credentials")
        clockSkew = config.fields["clock_skew"]?.doubleValue ?? 300
        anonymous = config.anonymous
        validatesBody = config.bool("validate_request_body")
        enforcedHeaders = Dictionary(
            (config.strings("enforce_headers") ?? []).map { ($0, HeaderName($0)) },
            uniquingKeysWith: { first, _ in first })
        var algorithms: [String: Digest] = [:]
        for digest in Digest.allCases where config.strings("algorithms")?.contains("hmac-\(digest)") == true {
            algorithms["hmac-\(digest)"] = digest
        }
        self.algorithms = algorithms
        challenge = config.string("realm").map { "hmac realm=\"\($0)\"" } ?? "hmac"
    }

    public func access(_ context: AccessContext) throws(PluginError) -> Verdict {
        let request = context.request
        if validatesBody, request.body == nil { return .readBody }
        return try Authentication.run(request, anonymous: anonymous) { () throws(PluginError) in
            try authenticate(request)
        }
    }

    private func refused(_ message: String? = nil) -> Authentication.Outcome {
        .refused(.error(401, message, headers: [("WWW-Authenticate", challenge)]))
    }

    @Worker
    private func authenticate(_ request: any RequestBackend) throws(PluginError) -> Authentication.Outcome {
        let proxy = request.headers(Self.proxyAuthorization).first
        let own = request.headers(Self.authorization).first
        if proxy == nil && own == nil { return refused() }
        guard isFresh(Self.xDate, request) || isFresh(Self.date, request) else {
            return refused(
                Self.notVerified + ", a valid date or x-date header is required for HMAC Authentication")
        }
        var parameters = proxy.flatMap { SignatureParameters(header: $0) }
        if hideCredentials { request.removeHeader(parameters == nil ? Self.authorization : Self.proxyAuthorization) }
        parameters = parameters ?? own.flatMap { SignatureParameters(header: $0) }
        guard let parameters, let digest = algorithms[parameters.algorithm],
            enforcedHeaders.keys.allSatisfy(parameters.headers.contains),
            let identity = try Self.identities.find(parameters.username, request.entities)
        else { return refused(Self.notVerified) }
        let signed = signingText(parameters.headers, request)
        guard let code = digest.authenticationCode(signed, key: identity.credential.secret),
            let given = Base64.decode(parameters.signature), ConstantTime.equal(code, given),
            !validatesBody || isBodyGenuine(request)
        else { return refused(Self.notTheSame) }
        return try identity.authenticate(request)
    }

    @Worker
    private func isFresh(_ header: HeaderName, _ request: any RequestBackend) -> Bool {
        guard let time = request.headers(header).first.flatMap(HTTPDate.parse) else { return false }
        return abs(request.now.rounded(.down) - Double(time)) <= clockSkew
    }

    /// The listed headers line by line; two names stand for the request itself.
    @Worker
    private func signingText(_ names: [String], _ request: any RequestBackend) -> [UInt8] {
        var target = request.rawPath
        let query = request.rawQuery
        if !query.isEmpty { target += [UInt8(ascii: "?")] + query }
        let lines = names.map { name -> [UInt8] in
            if let value = request.headers(enforcedHeaders[name] ?? HeaderName(name)).first {
                return Array("\(name): ".utf8) + value
            }
            switch name {
            case "@request-target": return Array("\(name): \(request.method.lowercased()) ".utf8) + target
            case "request-line":
                return Array("\(request.method) ".utf8) + target + Array(" HTTP/\(request.httpVersion)".utf8)
            default: return Array("\(name):".utf8)
            }
        }
        return Array(lines.joined(separator: [0x0A]))
    }

    @Worker
    private func isBodyGenuine(_ request: any RequestBackend) -> Bool {
        let body = request.body ?? []
        guard let given = request.headers(Self.digest).first else { return body.isEmpty }
        return ConstantTime.equal(given, Array("SHA-256=\(Base64.encode(Digest.sha256.hash(body)))".utf8))
    }
}
