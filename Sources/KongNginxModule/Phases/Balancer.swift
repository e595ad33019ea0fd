import KongPDK
import NginxKit

/// nginx is about to choose a peer: the service's own timeouts and buffering take effect.
@Worker @c(kng_on_balancer)
public func onBalancer(_ r: Request?, _ ctx: RequestContext?) -> ngx_int_t {
    guard let r, let ctx else { return Code.error }
    return onLoop {
        let timeouts = RouteEntry.use(ctx) { route in
            route.service.map { ($0.connectTimeout, $0.writeTimeout, $0.readTimeout) }
        }
        guard case let (connect, write, read)?? = timeouts else { return Code.error }
        if ctx.pointee.unbuffered != 0 { r.pointee.upstream.pointee.buffering = 0 }
        return kng_set_timeouts(r, connect, write, read)
    }
}
