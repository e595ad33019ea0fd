import KongCore
import KongPDK
import NginxKit

/// Routes a request in the `expressions` flavour.
@Worker
enum ExpressionMatching {
    /// The number of the route, and how many leading bytes of the path it strips.
    static func match(
        _ r: Request, _ ctx: RequestContext, _ gateway: Gateway, _ router: ExpressionRouter,
        _ path: UnsafeBufferPointer<UInt8>
    ) -> (route: Int, length: Int)? {
        let host = RequestTarget.host(r)
        let request = ExpressionRequest(
            r: r, path: path, host: r.pointee.headers_in.host == nil ? nil : host.name,
            destinationPort: host.port != 0 ? host.port : Access.listenerPort(r, gateway))
        guard let found = router.match(request) else { return nil }
        if let other = found.path.other, var writer = ByteWriter(pool: r, capacity: other.count) {
            writer.append(other)
            ctx.pointee.prefix = writer.string
        }
        return (found.route, min(found.path.length, path.count))
    }
}

/// What the router asks of a request, read from nginx when it asks.
private struct ExpressionRequest: RoutableRequest {
    let r: Request
    let path: UnsafeBufferPointer<UInt8>
    let host: UnsafeBufferPointer<UInt8>?
    let destinationPort: UInt16

    var method: UnsafeBufferPointer<UInt8> { r.pointee.method_name.bytes }
    var isTLS: Bool { kng_is_https(r) != 0 }
    var query: UnsafeBufferPointer<UInt8> { r.pointee.args.bytes }
    var sourceAddress: NetworkAddress? { address(local: false) }
    var destinationAddress: NetworkAddress? { address(local: true) }
    var sourcePort: UInt16 { UInt16(clamping: kng_client_port(r)) }

    var serverName: UnsafeBufferPointer<UInt8>? {
        guard isTLS else { return nil }
        let name = kng_server_name(r).bytes
        return name.isEmpty ? nil : name
    }

    func forEachHeader(_ name: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) {
        RequestHeader.forEach(r, name, body)
    }

    private func address(local: Bool) -> NetworkAddress? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { bytes in
            let count = kng_address_bytes(r, local ? 1 : 0, bytes.baseAddress)
            switch count {
            case 4: return NetworkAddress(v4: bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) })
            case 16: return NetworkAddress(v6: bytes.reduce(0) { $0 << 8 | UInt128($1) })
            default: return nil
            }
        }
    }
}
