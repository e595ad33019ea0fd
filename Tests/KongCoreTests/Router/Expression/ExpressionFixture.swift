@testable import KongCore

/// A request in a few words.
struct FakeRequest: RoutableRequest {
    private let storage: [String: [UInt8]]
    private let buffers: [String: UnsafeMutableBufferPointer<UInt8>]
    var headers: [(name: String, value: String)] = []
    var isTLS = false
    var sourceAddress: NetworkAddress?
    var sourcePort: UInt16 = 0
    var destinationAddress: NetworkAddress?
    var destinationPort: UInt16 = 80

    private init(_ texts: [String: String?]) {
        storage = texts.compactMapValues { $0.map { Array($0.utf8) } }
        buffers = storage.mapValues { bytes in
            let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(bytes.count, 1))
            _ = buffer.initialize(from: bytes)
            return UnsafeMutableBufferPointer(rebasing: buffer[..<bytes.count])
        }
    }

    /// Runs `body` with a request, whose bytes live that long.
    static func with<R>(
        _ path: String = "/", host: String? = nil, method: String = "GET", query: String = "", sni: String? = nil,
        headers: [(String, String)] = [], tls: Bool? = nil, source: String? = nil, sourcePort: UInt16 = 0,
        destination: String? = nil, port: UInt16 = 80, _ body: (FakeRequest) throws -> R
    ) rethrows -> R {
        var request = FakeRequest(["path": path, "host": host, "method": method, "query": query, "sni": sni])
        request.headers = headers.map { (name: $0.0.lowercased(), value: $0.1) }
        request.isTLS = tls ?? (sni != nil)
        request.sourceAddress = source.flatMap { NetworkAddress($0[...]) }
        request.sourcePort = sourcePort
        request.destinationAddress = destination.flatMap { NetworkAddress($0[...]) }
        request.destinationPort = port
        defer { for buffer in request.buffers.values { buffer.baseAddress?.deallocate() } }
        return try body(request)
    }

    private func bytes(_ name: String) -> UnsafeBufferPointer<UInt8>? { buffers[name].map { UnsafeBufferPointer($0) } }

    var path: UnsafeBufferPointer<UInt8> { bytes("path") ?? UnsafeBufferPointer(start: nil, count: 0) }
    var host: UnsafeBufferPointer<UInt8>? { bytes("host") }
    var method: UnsafeBufferPointer<UInt8> { bytes("method") ?? UnsafeBufferPointer(start: nil, count: 0) }
    var query: UnsafeBufferPointer<UInt8> { bytes("query") ?? UnsafeBufferPointer(start: nil, count: 0) }
    var serverName: UnsafeBufferPointer<UInt8>? { bytes("sni") }

    func forEachHeader(_ name: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) {
        let own = String(decoding: name, as: UTF8.self)
        let dashed = own.replacing("_", with: "-")
        let wanted = headers.contains { $0.name == own } ? own : dashed
        for header in headers where header.name == wanted {
            let goesOn = Array(header.value.utf8).withUnsafeBufferPointer(body)
            if !goesOn { return }
        }
    }
}

extension ExpressionRoute {
    init(_ number: UInt64, _ expression: String, priority: Int64 = 0, protocols: [String] = ["http", "https"]) {
        self.init(definition: RouteDefinition(id: UUIDBytes(high: 0, low: number)))
        self.expression = expression
        self.priority = priority
        self.protocols = protocols
    }
}
