import KongPDK
import NginxKit

/// Values of the module's variables; the numbers stand in `kng_variables.c`.
@Worker @c(kng_on_variable)
public func onVariable(
    _ r: Request?, _ ctx: RequestContext?, _ which: UInt, _ value: UnsafeMutablePointer<ngx_str_t>?
) -> ngx_int_t {
    guard let r, let ctx, let value else { return Code.error }
    return onLoop {
        let bytes: [UInt8]
        switch which {
        case 0:
            let id = RequestID.get(r, ctx)
            value.pointee = ngx_str_t(UnsafeMutablePointer(mutating: id.baseAddress), id.count)
            return Code.ok
        case 1:
            // proxy_ssl_name wants the name without a port.
            let host = ctx.pointee.upstream_host
            value.pointee = ngx_str_t(host.data, nameLength(host.bytes))
            return Code.ok
        case 2:
            guard let route = RouteEntry.of(ctx) else { return Code.declined }
            bytes = route.id.text
        case 3:
            guard let service = RouteEntry.of(ctx)?.service else { return Code.declined }
            bytes = service.id.text
        default: return Code.declined
        }
        guard var writer = ByteWriter(pool: r, capacity: max(1, bytes.count)) else { return Code.error }
        writer.append(bytes)
        value.pointee = writer.string
        return Code.ok
    }
}

@inline(__always)
private func nameLength(_ host: UnsafeBufferPointer<UInt8>) -> Int {
    var index = host.count
    while index > 0 {
        let byte = host[index - 1]
        if byte == UInt8(ascii: ":") { return index - 1 }
        // A bracket, or anything else that is no digit: there is no port.
        guard byte >= 0x30, byte <= 0x39 else { break }
        index -= 1
    }
    return host.count
}
