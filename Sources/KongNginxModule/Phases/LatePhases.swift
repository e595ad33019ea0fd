import KongCore
import KongPDK
import NginxKit

/// What plugins do after access: header filter, body filter, log.
@Worker
enum LatePhases {
    /// A request that no route took still has the global plugins' later phases.
    static func adoptGlobal(_ r: Request, _ ctx: RequestContext, _ gateway: Gateway) {
        guard ctx.pointee.request == nil, !gateway.table.plugins.isEmpty else { return }
        let chain = gateway.table.plugins.chain(route: nil, service: nil)
        let entries = chain.slots.compactMap(\.entry)
        guard entries.contains(where: { $0.headerFilter != nil || $0.bodyFilter != nil || $0.log != nil }) else {
            return
        }
        let request = NginxRequest(r, ctx, route: nil, chain: chain)
        request.chosen = entries
        request.position = chain.slots.count
        ctx.pointee.request = Unmanaged.passRetained(request).toOpaque()
        note(request)
    }

    /// Access is over: remember whether the body concerns anybody.
    static func note(_ request: NginxRequest) {
        if request.chosen.contains(where: { $0.bodyFilter != nil }) { request.ctx.pointee.body_filter = 1 }
    }

    static func headerFilter(_ request: NginxRequest) {
        for entry in request.chosen {
            guard let plugin = entry.headerFilter else { continue }
            attempt(plugin, request) { () throws(PluginError) in try plugin.headerFilter(ResponseContext(request)) }
        }
    }

    static func bodyFilter(_ request: NginxRequest, _ chunk: [UInt8], isLast: Bool) -> [UInt8] {
        var chunk = chunk
        for entry in request.chosen {
            guard let plugin = entry.bodyFilter else { continue }
            attempt(plugin, request) { () throws(PluginError) in
                chunk = try plugin.bodyFilter(chunk, isLast: isLast, ResponseContext(request))
            }
        }
        return chunk
    }

    static func log(_ request: NginxRequest) {
        for entry in request.chosen {
            guard let plugin = entry.log else { continue }
            attempt(plugin, request) { () throws(PluginError) in try plugin.log(LogContext(request)) }
        }
    }

    private static func attempt(_ plugin: any Plugin, _ request: NginxRequest, _ body: () throws(PluginError) -> Void) {
        do throws(PluginError) {
            try body()
        } catch {
            request.log(.error, "plugin \(type(of: plugin).name): \(error.message)")
        }
    }
}

@Worker @c(kng_on_body_filter)
public func onBodyFilter(_ r: Request?, _ ctx: RequestContext?, _ chain: UnsafeMutablePointer<ngx_chain_t>?)
    -> ngx_int_t
{
    guard let r, let ctx, let chain else { return Code.error }
    return onLoop {
        guard let request = NginxRequest.of(ctx) else { return Code.error }
        let size = kng_chain_size(chain)
        let chunk = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            if let start = buffer.baseAddress, size > 0 { kng_chain_copy(chain, start) }
            count = size
        }
        let last = kng_chain_last(chain) != 0
        kng_chain_consume(chain)
        let out = LatePhases.bodyFilter(request, chunk, isLast: last)
        if out.isEmpty && !last { return Code.ok }
        return out.withUnsafeBufferPointer { kng_next_body_filter(r, $0.baseAddress, $0.count, last ? 1 : 0) }
    }
}

@Worker @c(kng_on_log)
public func onLog(_ r: Request?, _ ctx: RequestContext?) {
    guard let ctx else { return }
    onLoop { NginxRequest.use(ctx) { LatePhases.log($0) } }
}

/// The request's memory goes: nothing that Swift holds may point into it any more.
@Worker @c(kng_on_cleanup)
public func onCleanup(_ ctx: RequestContext?) {
    guard let ctx else { return }
    onLoop {
        if let request = ctx.pointee.request {
            ctx.pointee.request = nil
            let object = Unmanaged<NginxRequest>.fromOpaque(request).takeRetainedValue()
            object.end()
        }
        if let route = ctx.pointee.route {
            ctx.pointee.route = nil
            Unmanaged<RouteEntry>.fromOpaque(route).release()
        }
    }
}
