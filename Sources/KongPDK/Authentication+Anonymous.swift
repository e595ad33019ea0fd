import KongCore

/// Several authenticating plugins on one route: all of them must agree, or, with `anonymous`, any of them will do.
///
/// Source: Kong's `logical_OR_authentication` and `logical_AND_authentication`.
extension Authentication {
    /// What an authenticating plugin found out.
    public enum Outcome {
        case authenticated
        case refused(Response)
    }

    /// - Parameter anonymous: the configured consumer, by id or username.
    @Worker
    public static func run(
        _ request: any RequestBackend, anonymous: String?, _ authenticate: () throws(PluginError) -> Outcome
    ) throws(PluginError) -> Verdict {
        // Another plugin knows the client already; the anonymous consumer has no credential.
        if anonymous != nil && request.credential != nil { return .next }
        switch try authenticate() {
        case .authenticated: return .next
        case .refused(let response):
            guard let anonymous else { return .exit(response) }
            guard let consumer = try anonymousConsumer(anonymous, request) else {
                throw PluginError("anonymous consumer \(anonymous) is configured but doesn't exist")
            }
            Self.authenticate(request, as: consumer, with: nil)
            return .next
        }
    }
}

extension PluginConfiguration {
    /// The consumer, by id or username, that requests without a valid credential pass as; Kong takes "" for none.
    public var anonymous: String? { string("anonymous").flatMap { $0.isEmpty ? nil : $0 } }
}
