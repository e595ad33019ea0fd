/// What the router needs of a route: its matchers, as bytes.
public struct RouteDefinition: Sendable {
    public struct Header: Sendable {
        /// Lower case.
        public var name: [UInt8]
        public var values: [[UInt8]]
        public init(name: [UInt8], values: [[UInt8]]) {
            self.name = name
            self.values = values
        }
    }

    public var id: UUIDBytes
    /// Unix seconds; breaks ties in the `traditional` flavour only.
    public var createdAt: Int64 = 0
    public var methods: [[UInt8]] = []
    public var hosts: [[UInt8]] = []
    public var paths: [[UInt8]] = []
    public var headers: [Header] = []
    public var snis: [[UInt8]] = []
    public var regexPriority: Int64 = 0
    /// What the hosts weigh in the `traditional` flavour (see `TraditionalRoute.swift`); nil: another flavour.
    var traditionalHosts: UInt64?

    public init(id: UUIDBytes) { self.id = id }
}

/// The methods that nginx and Kong know by name, one bit each; the last bit stands for "by its text".
public struct MethodSet: OptionSet, Sendable {
    public var rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let other = MethodSet(rawValue: 1 << 31)
    static let names: [[UInt8]] = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT",
        "MKCOL", "COPY", "MOVE", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK",
    ].map { Array($0.utf8) }

    public init(name: some Collection<UInt8>) {
        if let bit = Self.names.firstIndex(where: { $0.elementsEqual(name) }) {
            self.init(rawValue: 1 << UInt32(bit))
        } else {
            self = .other
        }
    }
}
