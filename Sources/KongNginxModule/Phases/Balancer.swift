import KongPDK
import NginxKit

/// nginx is about to choose a peer: the service's own timeouts and buffering take effect.
@Worker @c(kng_on_balancer)
public func onBalancer(_ r: Request?, _ ctx: RequestContext?) -> ngx_int_t {
    guard let r, let ctx else { return Code.error }
    return onLoop {
        guard let service = RouteEntry.of(ctx)?.service else { return Code.error }
        if ctx.pointee.unbuffered != 0 { r.pointee.upstream.pointee.buffering = 0 }
        return kng_set_timeouts(r, service.connectTimeout, service.writeTimeout, service.readTimeout)
    }
}
