import Foundation
import KongCore
import Synchronization

/// The node on this machine: nginx by its pid file, its workers over the node API.
public final class LocalNode: NodeInformation {
    public let id: String
    public let hostname: String
    private let settings: Settings
    private let api: LocalHTTP
    private let level: NodeLogLevel
    private let marks = HealthMarks()
    private let state = Mutex(State())

    private struct State {
        var isDraining = false
    }

    public init(settings: Settings, logLevel: NodeLogLevel) {
        self.settings = settings
        level = logLevel
        id = NodeID.read(settings)
        hostname = ProcessInfo.processInfo.hostName
        api = LocalHTTP(.unix(path: settings.nodeSocketPath), timeoutSeconds: 2)
    }

    public func processes() async -> NodeProcesses? {
        guard let text = Self.text(settings.nginxPidPath),
            let master = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)),
            let children = Self.text("/proc/\(master)/task/\(master)/children")
        else { return nil }
        return NodeProcesses(master: master, workers: children.split(separator: " ").compactMap { Int($0) })
    }

    public func counters() async -> NodeCounters {
        var counters = NodeCounters()
        for worker in await processes()?.workers ?? [] {
            if let bytes = Self.residentBytes(worker) { counters.workerBytes.append((worker, bytes)) }
        }
        // Without nginx there is nothing to count.
        guard let server = try? await get("/")["server"] else { return counters }
        func number(_ name: String) -> Int { Int(clamping: server[name]?.intValue ?? 0) }
        counters.accepted = number("connections_accepted")
        counters.handled = number("connections_handled")
        counters.active = number("connections_active")
        counters.reading = number("connections_reading")
        counters.writing = number("connections_writing")
        counters.waiting = number("connections_waiting")
        counters.requests = number("total_requests")
        return counters
    }

    public func logLevel() async -> String { level.current }

    public func setLogLevel(_ level: String, timeout: Int) async throws {
        try await self.level.set(level, for: timeout)
    }

    public func readiness() async -> NodeReadiness {
        if state.withLock({ $0.isDraining }) { return .notReady("draining") }
        if settings.proxyListen.isEmpty { return .ready }
        // No answer from a worker, whatever the reason, is what "not ready" means.
        let answer = try? await get("/")
        return answer == nil ? .notReady("router builds not yet complete") : .ready
    }

    public func drain() async { state.withLock { $0.isDraining = true } }

    public func health(ofUpstream id: String) async -> UpstreamHealth? { marks.health(ofUpstream: id) }

    public func setHealth(
        ofUpstream id: String, _ target: TargetEndpoint, address: String?, healthy: Bool
    ) async throws(HealthChange) { try marks.set(ofUpstream: id, target, address: address, healthy: healthy) }

    public func metrics() async -> [UInt8] { [] }

    /// There are none: workers key what they keep to the snapshot's version.
    public func purgeCaches() async {}

    public func purgeProxyCache(key: String?, plugin: String?) async -> Bool { false }

    public func proxyCacheEntry(key: String, plugin: String?) async -> JSONValue? { nil }

    private func get(_ path: String) async throws -> JSONValue {
        try await blocking { [api] in try JSONValue(parsing: try api.send("GET", path).body) }
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    private static func residentBytes(_ pid: Int) -> Int? {
        guard let pages = text("/proc/\(pid)/statm")?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }
}
