import KongCore
import KongPDK

/// Lets clients through, or not, by their address.
///
/// Source: Kong's `kong/plugins/ip-restriction/handler.lua`: `deny` is looked at first, then `allow`.
public final class IpRestriction: AccessPhase {
    public static let name = "ip-restriction"
    public static let priority = 990

    private let allow: AddressRanges
    private let deny: AddressRanges
    private let status: Int
    private let message: String?

    public init(_ config: PluginConfiguration) throws(PluginError) {
        allow = AddressRanges(config.strings("allow") ?? [])
        deny = AddressRanges(config.strings("deny") ?? [])
        status = config.integer("status").map { Int(clamping: $0) } ?? 403
        message = config.string("message")
    }

    public func access(_ context: AccessContext) throws(PluginError) -> Verdict {
        let text = String(decoding: context.request.clientAddress, as: UTF8.self)
        guard let address = NetworkAddress(text[...]) else {
            return .exit(
                .error(403, "Cannot identify the client IP address, unix domain sockets are not supported."))
        }
        if deny.contains(address) || (!allow.isEmpty && !allow.contains(address)) {
            return .exit(.error(status, message ?? "IP address not allowed: \(text)"))
        }
        return .next
    }
}
