import KongCore
import KongPDK

/// Lets consumers through by the groups they belong to.
///
/// Source: Kong's `kong/plugins/acl/handler.lua`.
public final class Acl: AccessPhase {
    public static let name = "acl"
    public static let priority = 950

    private let denies: Bool
    private let groups: Set<String>
    private let hideGroupsHeader: Bool
    private let alwaysUseAuthenticatedGroups: Bool
    /// What this configuration makes of each consumer, until groups change.
    @Worker private let decisions = EntityCache<Decision>(entities: [AclGroup.entity])

    private static let consumerGroups: HeaderName = "X-Consumer-Groups"
    private static let authenticatedGroups: HeaderName = "X-Authenticated-Groups"

    /// A consumer's groups and whether they pass.
    private final class Decision: Sendable {
        let hasGroups: Bool
        let blocked: Bool
        let header: [UInt8]
        init(hasGroups: Bool, blocked: Bool, header: [UInt8]) {
            self.hasGroups = hasGroups
            self.blocked = blocked
            self.header = header
        }
    }

    public init(_ config: PluginConfiguration) throws(PluginError) {
        let allow = config.strings("allow") ?? []
        let deny = config.strings("deny") ?? []
        denies = allow.isEmpty && !deny.isEmpty
        groups = Set(denies ? deny : allow)
        hideGroupsHeader = config.bool("hide_groups_header")
        alwaysUseAuthenticatedGroups = config.bool("always_use_authenticated_groups")
    }

    public func access(_ context: AccessContext) throws(PluginError) -> Verdict {
        let request = context.request
        let hasCredential = request.credential != nil
        guard let consumer = request.consumer else {
            guard let brought = request.authenticatedGroups else { return .exit(refusal(hasCredential)) }
            return apply(decide(brought), Self.authenticatedGroups, request)
        }
        if !hasCredential || alwaysUseAuthenticatedGroups, let brought = request.authenticatedGroups {
            return apply(decide(brought), Self.authenticatedGroups, request)
        }
        let id = consumer.id
        let entities = request.entities
        let decision = try withUnsafeBytes(of: id) { raw throws(PluginError) in
            try decisions.find(raw.assumingMemoryBound(to: UInt8.self), entities) { () throws(PluginError) in
                decide(try entities.children(AclGroup.self, field: "consumer", of: id).map(\.group))
            }
        }
        guard let decision, decision.hasGroups || denies else { return .exit(refusal(hasCredential)) }
        return apply(decision, Self.consumerGroups, request)
    }

    private func decide(_ member: [String]) -> Decision {
        let isMember = member.contains { groups.contains($0) }
        return Decision(
            hasGroups: !member.isEmpty, blocked: denies ? isMember : !isMember,
            header: Array(member.joined(separator: ", ").utf8))
    }

    @Worker
    private func apply(_ decision: Decision, _ header: HeaderName, _ request: any RequestBackend) -> Verdict {
        if decision.blocked { return .exit(.error(403, "You cannot consume this service")) }
        if !hideGroupsHeader { request.setHeader(header, decision.header) }
        return .next
    }

    private func refusal(_ hasCredential: Bool) -> Response {
        hasCredential ? .error(403, "You cannot consume this service") : .error(401)
    }
}
