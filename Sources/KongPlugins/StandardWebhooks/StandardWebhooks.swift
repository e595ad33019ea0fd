import KongCore
import KongPDK

/// Lets webhooks through that are signed and fresh.
///
/// Source: Kong's `kong/plugins/standard-webhooks/internal.lua`; the Standard Webhooks specification.
public final class StandardWebhooks: AccessPhase {
    public static let name = "standard-webhooks"
    public static let priority = 760

    private let secret: [UInt8]
    private let tolerance: Double
    private static let id: HeaderName = "webhook-id"
    private static let timestamp: HeaderName = "webhook-timestamp"
    private static let signature: HeaderName = "webhook-signature"

    public init(_ config: PluginConfiguration) throws(PluginError) {
        // An unresolved reference must not make everybody's signature right.
        guard let secret = config.string("secret_v1"), !secret.isEmpty else { throw PluginError("no secret_v1") }
        self.secret = Array(secret.utf8)
        tolerance = Double(config.integer("tolerance_second") ?? 300)
    }

    public func access(_ context: AccessContext) throws(PluginError) -> Verdict {
        let request = context.request
        guard request.bodySize != nil else { return .readBody }
        guard let body = request.body else { return .readBody }
        return isGenuine(request, body) ? .next : .exit(.error(400))
    }

    @Worker
    private func isGenuine(_ request: any RequestBackend, _ body: [UInt8]) -> Bool {
        guard let id = request.headers(Self.id).first, let given = request.headers(Self.signature).first,
            let time = request.headers(Self.timestamp).first.flatMap({ Int64(String(decoding: $0, as: UTF8.self)) }),
            request.now - Double(time) <= tolerance, !body.isEmpty
        else { return false }
        let dot = UInt8(ascii: ".")
        let signed = id + [dot] + Array(String(time).utf8) + [dot] + body
        guard let code = Digest.sha256.authenticationCode(signed, key: secret) else { return false }
        return ConstantTime.equal(given, Array("v1,\(Base64.encode(code))".utf8))
    }
}
