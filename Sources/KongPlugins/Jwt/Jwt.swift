import KongCore
import KongPDK

/// Signed tokens in a header, the query or a cookie.
///
/// Source: Kong's `kong/plugins/jwt/handler.lua`.
public final class Jwt: AccessPhase {
    public static let name = "jwt"
    public static let priority = 1450

    private let sources: TokenSources
    private let claim: String
    private let secretIsBase64: Bool
    private let timeClaims: [String]
    private let maximumExpiration: Double
    private let anonymous: String?
    private let runOnPreflight: Bool
    private let challenge: String
    private let errorChallenge: String
    /// By the claim.
    @Worker private static let identities = EntityCache<Identity<JwtSecret>>(slots: 1024)

    public init(_ config: PluginConfiguration) throws(PluginError) {
        sources = TokenSources(config)
        claim = config.string("key_claim_name") ?? "iss"
        secretIsBase64 = config.bool("secret_is_base64")
        timeClaims = config.strings("claims_to_verify") ?? []
        maximumExpiration = config.fields["maximum_expiration"]?.doubleValue ?? 0
        anonymous = config.anonymous
        runOnPreflight = config.bool("run_on_preflight")
        let realm = config.string("realm").map { "realm=\"\($0)\"" }
        challenge = realm.map { "Bearer \($0)" } ?? "Bearer"
        errorChallenge = realm.map { "Bearer \($0), error=\"invalid_token\"" } ?? "Bearer error=\"invalid_token\""
    }

    public func access(_ context: AccessContext) throws(PluginError) -> Verdict {
        let request = context.request
        if !runOnPreflight && request.method == "OPTIONS" { return .next }
        return try Authentication.run(request, anonymous: anonymous) { () throws(PluginError) in
            try authenticate(context)
        }
    }

    private func refused(_ message: String) -> Authentication.Outcome { refused(["message": .string(message)]) }

    private func refused(_ body: JSONValue) -> Authentication.Outcome {
        .refused(Response(status: 401, headers: [("WWW-Authenticate", errorChallenge)], body: .json(body)))
    }

    @Worker
    private func authenticate(_ context: AccessContext) throws(PluginError) -> Authentication.Outcome {
        let request = context.request
        let tokens = sources.tokens(context)
        guard let token = tokens.first else {
            let headers = [(name: "WWW-Authenticate", value: challenge)]
            return .refused(Response(status: 401, headers: headers, body: .json(["message": "Unauthorized"])))
        }
        guard tokens.count == 1 else { return refused("Multiple tokens provided") }
        let parsed: JSONWebToken
        do throws(JSONWebToken.Malformed) { parsed = try JSONWebToken(token) } catch {
            return refused("Bad token; \(error.reason)")
        }
        guard let key = key(of: parsed) else { return refused("No mandatory '\(claim)' in claims") }
        guard !key.isEmpty else { return refused("Invalid '\(claim)' in claims") }
        guard let identity = try Self.identities.find(Array(key.utf8), request.entities) else {
            return refused("No credentials found for given '\(claim)'")
        }
        let secret = identity.credential
        guard parsed.algorithm == secret.algorithm else { return refused("Invalid algorithm") }
        var shared: [UInt8] = []
        if secret.algorithm.hasPrefix("HS") {
            let stored = secret.secret ?? []
            guard let usable = secretIsBase64 ? JSONWebToken.decode(stored) : stored, !usable.isEmpty else {
                return refused("Invalid key/secret")
            }
            shared = usable
        } else if secret.publicKey == nil {
            return refused("Invalid key/secret")
        }
        guard parsed.isSigned(by: shared, secret.publicKey) else { return refused("Invalid signature") }
        if let errors = timeErrors(parsed, request.now) { return refused(.object(errors)) }
        guard let consumer = identity.consumer else {
            return .refused(
                Response(
                    status: 401, body: .json(["message": .string("Could not find consumer for '\(claim)=\(key)'")])))
        }
        Authentication.authenticate(request, as: consumer, with: secret.credential)
        return .authenticated
    }

    /// In the claims or, failing that, in the header.
    private func key(of token: JSONWebToken) -> String? {
        switch token.claims[claim] ?? token.header[claim] {
        case .string(let text)?: text
        case .integer(let number)?: String(number)
        default: nil
        }
    }

    private func timeErrors(_ token: JSONWebToken, _ now: Double) -> JSONObject? {
        let errors = token.timeErrors(timeClaims, now: now.rounded(.down))
        if !errors.isEmpty { return errors }
        guard maximumExpiration > 0 else { return nil }
        let left = (token.claims["exp"]?.doubleValue ?? 0) - now.rounded(.down)
        if left > 0, left <= maximumExpiration { return nil }
        return ["exp": "exceeds maximum allowed expiration"]
    }
}
