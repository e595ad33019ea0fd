import Glibc
import KongCore
import KongPDK
import NginxKit

/// A service whose host is a name: asked of nginx's resolver, without blocking.
@Worker
enum NameResolution {
    static func start(_ r: Request, _ ctx: RequestContext, _ service: ServiceEntry) -> ngx_int_t {
        ctx.pointee.waiting = 1
        let result = service.hostBytes.withUnsafeBufferPointer { bytes -> ngx_int_t in
            // The resolver keeps the name while it asks.
            guard var writer = ByteWriter(pool: r, capacity: bytes.count) else { return Code.error }
            writer.append(bytes)
            return kng_resolve(r, ctx, writer.string.data, bytes.count)
        }
        switch result {
        case Code.again:
            kng_suspend(r)
            return Code.again
        case Code.ok: return Access.run(r, ctx)
        case Code.declined:
            ctx.pointee.waiting = 0
            Log.write(Log.error, r, "no resolver to ask for \"\(service.host)\": set dns_resolver")
            return Answer.error(r, ctx, 503, "name resolution failed")
        default:
            ctx.pointee.waiting = 0
            return Answer.error(r, ctx, 503, "name resolution failed")
        }
    }

    nonisolated(unsafe) private static var turn = 0

    static func finish(_ ctx: RequestContext, _ addresses: UnsafeBufferPointer<ngx_resolver_addr_t>) {
        guard let r = ctx.pointee.r, let service = RouteEntry.of(ctx)?.service, !addresses.isEmpty else { return }
        turn &+= 1
        let chosen = addresses[turn % addresses.count]
        guard let source = chosen.sockaddr, let copy = kng_palloc(r, 128) else { return }
        let length = min(Int(chosen.socklen), 128)
        copy.copyMemory(from: source, byteCount: length)
        let port = service.port.bigEndian
        // The port lies at the same place in both families.
        copy.storeBytes(of: port, toByteOffset: 2, as: UInt16.self)
        ctx.pointee.sockaddr = copy.assumingMemoryBound(to: sockaddr.self)
        ctx.pointee.socklen = socklen_t(length)
        if var writer = ByteWriter(pool: r, capacity: service.hostBytes.count + 8) {
            writer.append(service.hostBytes)
            writer.append(UInt8(ascii: ":"))
            writer.append(decimal: Int(service.port))
            ctx.pointee.peer = writer.string
        }
    }
}

@Worker @c(kng_on_resolved)
public func onResolved(
    _ ctx: RequestContext?, _ state: ngx_int_t, _ addresses: UnsafeMutablePointer<ngx_resolver_addr_t>?, _ count: UInt
) {
    guard let ctx else { return }
    onLoop {
        ctx.pointee.waiting = 0
        if state == 0, let addresses {
            NameResolution.finish(ctx, UnsafeBufferPointer(start: addresses, count: Int(count)))
        }
        if ctx.pointee.sockaddr == nil { ctx.pointee.unresolved = 1 }
    }
}
