import KongPDK
import NginxKit

/// Before routing: global plugins that have a rewrite phase.
@Worker @c(kng_on_rewrite)
public func onRewrite(_ r: Request?, _ ctx: RequestContext?) -> ngx_int_t {
    guard let r, let ctx else { return Code.error }
    return onLoop {
        guard let gateway = Gateway.current, ctx.pointee.rewritten == 0 else { return Code.declined }
        gateway.refresh()
        ctx.pointee.rewritten = 1
        for slot in gateway.table.plugins.chain(route: nil, service: nil).slots {
            guard let entry = slot.entry, let plugin = entry.rewrite else { continue }
            let request = NginxRequest(r, ctx, route: nil, chain: .none)
            do throws(PluginError) {
                if case .exit(let response) = try plugin.rewrite(AccessContext(request)) {
                    LatePhases.adoptGlobal(r, ctx, gateway)
                    return Answer.send(r, ctx, response)
                }
            } catch {
                request.log(.error, "plugin \(type(of: plugin).name): \(error.message)")
                return Answer.error(r, ctx, 500)
            }
        }
        return Code.declined
    }
}
