import KongCore
import Synchronization

/// What operators said of targets (`PUT …/healthy`, `…/unhealthy`): kept until the process ends, as Kong keeps it until
/// the node restarts, and for this node alone.
public final class HealthMarks: Sendable {
    /// Upstream's id, target's `host:port`.
    private let marks = Mutex<[String: [TargetEndpoint: Bool]]>([:])

    public init() {}

    public func health(ofUpstream id: String) -> UpstreamHealth? {
        guard let marks = marks.withLock({ $0[id] }) else { return nil }
        return UpstreamHealth(
            addresses: marks.reduce(into: [:]) { addresses, mark in
                let (target, isHealthy) = mark
                addresses[target] = [.init(ip: target.host, port: target.port, weight: nil, isHealthy: isHealthy)]
            })
    }

    /// - Parameter address: `ip` or `ip:port` of one address of the target; nil is all of them.
    public func set(
        ofUpstream id: String, _ target: TargetEndpoint, address: String?, healthy: Bool
    ) throws(HealthChange) {
        if let address, address != target.host, TargetEndpoint(address) != target { throw .unknownAddress }
        marks.withLock { $0[id, default: [:]][target] = healthy }
    }
}
