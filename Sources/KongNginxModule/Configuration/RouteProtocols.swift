import KongCore

/// The protocols that a route names.
struct RouteProtocols: OptionSet {
    let rawValue: UInt8
    init(rawValue: UInt8) { self.rawValue = rawValue }

    private static let all: [StaticString] = ["http", "https", "grpc", "grpcs", "tcp", "tls", "tls_passthrough", "udp"]
    static let http = RouteProtocols(rawValue: 1)
    static let https = RouteProtocols(rawValue: 2)
    static let grpc = RouteProtocols(rawValue: 4)
    static let grpcs = RouteProtocols(rawValue: 8)
    static let layer7: RouteProtocols = [.http, .https, .grpc, .grpcs]

    /// Empty for a name that no protocol has.
    init(_ name: UnsafeBufferPointer<UInt8>) {
        let bit = Self.all.firstIndex { name.isText($0) }
        rawValue = bit.map { 1 << UInt8($0) } ?? 0
    }

    var names: [String] {
        Self.all.enumerated().filter { rawValue & (1 << UInt8($0.offset)) != 0 }.map(\.element.description)
    }
}
