import KongCore

/// What the Admin API asks of the node it runs on. The workers answer over the node API; none of it may block long.
public protocol NodeInformation: Sendable {
    /// The node's UUID, the same after a restart.
    var id: String { get }
    var hostname: String { get }
    /// The processes of nginx; nil while it does not run.
    func processes() async -> NodeProcesses?
    func counters() async -> NodeCounters
    /// The level of nginx's error log now.
    func logLevel() async -> String
    /// Changes the level on every worker; after `timeout` seconds it falls back to the configured one.
    func setLogLevel(_ level: String, timeout: Int) async throws
    /// Whether the workers serve the configuration that the store holds.
    func readiness() async -> NodeReadiness
    /// From now on `readiness` says draining.
    func drain() async
    /// The state of an upstream's addresses as this node's health checks see it; nil when it knows of none.
    func health(ofUpstream id: String) async -> UpstreamHealth?
    /// Sets the state of a target's address (`ip` or `ip:port`; nil is all of them).
    func setHealth(ofUpstream id: String, _ target: TargetEndpoint, address: String?, healthy: Bool)
        async throws(HealthChange)
    /// The metrics page of the prometheus plugin.
    func metrics() async -> [UInt8]
    /// Drops what workers and admin process keep besides the configuration.
    func purgeCaches() async
    /// Removes one cache entry of the proxy-cache plugin (nil is all); false when no cache holds it.
    func purgeProxyCache(key: String?, plugin: String?) async -> Bool
    func proxyCacheEntry(key: String, plugin: String?) async -> JSONValue?
}

public struct NodeProcesses: Sendable {
    public var master: Int
    public var workers: [Int]

    public init(master: Int, workers: [Int]) {
        self.master = master
        self.workers = workers
    }
}

/// Numbers of `/status`.
public struct NodeCounters: Sendable {
    public struct Zone: Sendable {
        public var name: String
        public var usedBytes: Int
        public var capacityBytes: Int

        public init(name: String, usedBytes: Int, capacityBytes: Int) {
            self.name = name
            self.usedBytes = usedBytes
            self.capacityBytes = capacityBytes
        }
    }

    /// accepted, handled, active, reading, writing, waiting, and the requests of all of them.
    public var accepted = 0
    public var handled = 0
    public var active = 0
    public var reading = 0
    public var writing = 0
    public var waiting = 0
    public var requests = 0
    /// Resident memory by worker pid.
    public var workerBytes: [(pid: Int, bytes: Int)] = []
    public var zones: [Zone] = []

    public init() {}
}

public enum NodeReadiness: Sendable, Equatable {
    case ready
    /// The message that `/status/ready` gives.
    case notReady(String)
}

/// Why a target's health could not be set.
public enum HealthChange: Error, Sendable {
    case noChecker
    case unknownAddress
}

/// What the health checker of an upstream knows.
public struct UpstreamHealth: Sendable {
    public struct Address: Sendable {
        public var ip: String
        public var port: Int
        /// nil: the target's own.
        public var weight: Int?
        public var isHealthy: Bool

        public init(ip: String, port: Int, weight: Int?, isHealthy: Bool) {
            self.ip = ip
            self.port = port
            self.weight = weight
            self.isHealthy = isHealthy
        }
    }

    /// An empty list is a name that gives no address; a target that is missing is well.
    public var addresses: [TargetEndpoint: [Address]]

    public init(addresses: [TargetEndpoint: [Address]]) {
        self.addresses = addresses
    }
}

/// A target's text, taken apart: the port is there, because it was added before the target was stored.
public struct TargetEndpoint: Sendable, Hashable {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else { return nil }
        self.init(host: String(text[..<colon]), port: port)
    }
}
