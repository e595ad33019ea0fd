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
        /// What the service is told.
        let headers: HeaderSet
        init(hasGroups: Bool, blocked: Bool, headers: HeaderSet) {
            self.hasGroups = hasGroups
            self.blocked = blocked
            self.headers = headers
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
        guard let consumer = request.consumer else {
            guard let brought = request.authenticatedGroups else { return .exit(refusal(request)) }
            return apply(decide(brought, Self.authenticatedGroups), request)
        }
        if let brought = request.authenticatedGroups, alwaysUseAuthenticatedGroups || request.credential == nil {
            return apply(decide(brought, Self.authenticatedGroups), request)
        }
        let id = consumer.id
        let entities = request.entities
        let decision = try withUnsafeBytes(of: id) { raw throws(PluginError) in
            try decisions.find(raw.assumingMemoryBound(to: UInt8.self), entities) { () throws(PluginError) in
                let groups = try entities.children(AclGroup.self, field: "consumer", of: id).map(\.group)
                return decide(groups, Self.consumerGroups)
            }
        }
        guard let decision, decision.hasGroups || denies else { return .exit(refusal(request)) }
        return apply(decision, request)
    }

    private func decide(_ member: [String], _ header: HeaderName) -> Decision {
        let isMember = member.contains { groups.contains($0) }
        var headers = HeaderSet()
        if !hideGroupsHeader { headers.set(header, Array(member.joined(separator: ", ").utf8)) }
        return Decision(hasGroups: !member.isEmpty, blocked: denies ? isMember : !isMember, headers: headers)
    }

    @Worker
    private func apply(_ decision: Decision, _ request: any RequestBackend) -> Verdict {
        if decision.blocked { return .exit(.error(403, "You cannot consume this service")) }
        if !hideGroupsHeader { request.setHeaders(decision.headers) }
        return .next
    }

    @Worker
    private func refusal(_ request: any RequestBackend) -> Response {
        request.credential != nil ? .error(403, "You cannot consume this service") : .error(401)
    }
}
