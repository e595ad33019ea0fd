import KongCore
import KongPDK
import NginxKit

/// Routes the request and runs its plugins. nginx calls again whenever a suspended request may go on.
@Worker @c(kng_on_access)
public func onAccess(_ r: Request?, _ ctx: RequestContext?) -> ngx_int_t {
    guard let r, let ctx else { return Code.error }
    return onLoop { Access.run(r, ctx) }
}

@Worker
enum Access {
    @inline(__always)
    static func run(_ r: Request, _ ctx: RequestContext) -> ngx_int_t {
        if ctx.pointee.passed != 0 { return Code.declined }
        if ctx.pointee.routed != 0 { return resume(r, ctx) }
        return Gateway.use { route(r, ctx, $0) } ?? unconfigured(r, ctx)
    }

    /// Without a snapshot since the start; perhaps there is one now.
    @inline(never)
    private static func unconfigured(_ r: Request, _ ctx: RequestContext) -> ngx_int_t {
        guard let gateway = Gateway.required() else {
            return Answer.error(r, ctx, 503, "no configuration available")
        }
        return route(r, ctx, gateway)
    }

    @inline(__always)
    private static func route(_ r: Request, _ ctx: RequestContext, _ gateway: Gateway) -> ngx_int_t {
        gateway.refresh()
        ctx.pointee.routed = 1
        return uncounted(gateway.table) { table in
            guard let (number, pathLength) = match(r, ctx, gateway, table), let route = table.route(number) else {
                return noRoute(r, ctx, gateway)
            }
            ctx.pointee.route = route.retain().toOpaque()
            ctx.pointee.path_length = UInt(pathLength)
            return route._withUnsafeGuaranteedRef { begin(r, ctx, $0, table) }
        }
    }

    @inline(__always)
    private static func begin(
        _ r: Request, _ ctx: RequestContext, _ route: RouteEntry, _ table: RoutingTable
    ) -> ngx_int_t {
        if route.httpsOnly || route.grpc, let answer = ProtocolCheck.run(r, ctx, route) { return answer }
        if table.hasNoPlugins(route) { return proceed(r, ctx, route) }
        let chain = table.chain(of: route)
        if chain.slots.isEmpty { return proceed(r, ctx, route) }
        let request = NginxRequest(r, ctx, route: route, chain: chain)
        ctx.pointee.request = Unmanaged.passRetained(request).toOpaque()
        return runChain(r, ctx, request)
    }

    @inline(__always)
    private static func match(
        _ r: Request, _ ctx: RequestContext, _ gateway: Gateway, _ table: RoutingTable
    ) -> (route: Int, length: Int)? {
        let raw = RequestTarget.path(r, ctx)
        if PathNormalization.isPlain(raw) && raw.first == UInt8(ascii: "/") {
            ctx.pointee.plain_path = 1
            return match(r, ctx, gateway, table, raw)
        }
        let path = PathNormalization.normalize(Array(raw))
        guard var writer = ByteWriter(pool: r, capacity: path.count) else { return nil }
        writer.append(path)
        return match(r, ctx, gateway, table, writer.string.bytes)
    }

    @inline(__always)
    private static func match(
        _ r: Request, _ ctx: RequestContext, _ gateway: Gateway, _ table: RoutingTable,
        _ path: UnsafeBufferPointer<UInt8>
    ) -> (route: Int, length: Int)? {
        if let expressions = table.expressions {
            return ExpressionMatching.match(r, ctx, gateway, expressions, path)
        }
        let host = RequestTarget.host(r)
        let query = RouteQuery(
            path: path, host: host.name, port: host.port != 0 ? host.port : defaultPort(r, gateway),
            method: RequestTarget.method(r), methodName: r.pointee.method_name.bytes,
            sni: kng_is_https(r) != 0 ? kng_server_name(r).bytes : nil)
        let found = table.router.match(query) { name in headerValues(r, name) }
        return found.map { ($0.route, $0.pathLength) }
    }

    /// What a Host header without a port means: in the `traditional` flavour the port of the scheme.
    private static func defaultPort(_ r: Request, _ gateway: Gateway) -> UInt16 {
        if gateway.settings.isTraditional { return kng_is_https(r) != 0 ? 443 : 80 }
        return listenerPort(r, gateway)
    }

    static func listenerPort(_ r: Request, _ gateway: Gateway) -> UInt16 {
        let port = kng_server_port(r)
        return gateway.settings.portMaps[port] ?? UInt16(clamping: port)
    }

    /// A header's values, lower-cased, as the router compares them.
    private static func headerValues(_ r: Request, _ name: [UInt8]) -> [[UInt8]]? {
        var out: [[UInt8]] = []
        name.withUnsafeBufferPointer { name in
            RequestHeader.forEach(r, name) { value in
                out.append(value.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 })
                return true
            }
        }
        return out.isEmpty ? nil : out
    }

    /// Global plugins' filter and log phases still run on a 404.
    private static func noRoute(_ r: Request, _ ctx: RequestContext, _ gateway: Gateway) -> ngx_int_t {
        LatePhases.adoptGlobal(r, ctx, gateway)
        return Answer.error(r, ctx, 404, "no Route matched with those values")
    }

    // MARK: the chain

    static func runChain(_ r: Request, _ ctx: RequestContext, _ request: NginxRequest) -> ngx_int_t {
        let end: ngx_int_t? = uncounted(request.chain) { chain in
            while request.position < chain.slots.count {
                guard let entry = choose(chain.slots[request.position], request) else {
                    request.position += 1
                    continue
                }
                // The chain or the table holds it; neither changes while a plugin runs.
                if let end = entry._withUnsafeGuaranteedRef({ run($0, r, ctx, request) }) { return end }
            }
            return nil
        }
        if let end { return end }
        LatePhases.note(request)
        return RouteEntry.use(ctx) { proceed(r, ctx, $0) } ?? 500
    }

    /// One plugin.
    /// - Returns: nil to go on at the request's position.
    @inline(__always)
    private static func run(
        _ entry: PluginEntry, _ r: Request, _ ctx: RequestContext, _ request: NginxRequest
    ) -> ngx_int_t? {
        // The same slot comes round again after the body was read.
        if request.chain.hasLatePhases, request.chosen.last !== entry { request.chosen.append(entry) }
        guard entry.isReady else {
            request.position = request.chain.slots.count
            LatePhases.note(request)
            return Answer.error(r, ctx, 500)
        }
        if entry.isAsync, let async = entry.asyncAccess {
            request.position += 1
            return AsyncAccess.start(r, ctx, request, async)
        }
        switch verdict(entry, request) {
        case .next: request.position += 1
        case .exit(let response): return exit(r, ctx, request, response)
        case .readBody: return readBody(r, ctx, request)
        }
        return nil
    }

    private static func readBody(_ r: Request, _ ctx: RequestContext, _ request: NginxRequest) -> ngx_int_t? {
        if request.isBodyRead { return exit(r, ctx, request, .error(413)) }
        switch kng_read_body(r, ctx) {
        case Code.ok:
            request.isBodyRead = true
            return nil
        case Code.again:
            ctx.pointee.waiting = 1
            return Code.done
        case let status:
            collectRest(request)
            return status
        }
    }

    @inline(__always)
    private static func choose(_ slot: PluginChain.Slot, _ request: NginxRequest) -> Unmanaged<PluginEntry>? {
        let entry = slot.byConsumer ? chooseByConsumer(slot, request) : slot.entry
        return entry.map { Unmanaged.passUnretained($0) }
    }

    private static func chooseByConsumer(_ slot: PluginChain.Slot, _ request: NginxRequest) -> PluginEntry? {
        guard let consumer = request.consumer, let gateway = Gateway.current else { return slot.entry }
        return gateway.table.plugins.find(
            slot.kind, route: request.routeID, service: request.serviceID, consumer: consumer.id)
    }

    @inline(__always)
    private static func verdict(_ entry: PluginEntry, _ request: NginxRequest) -> Verdict {
        guard let plugin = entry.access else { return .next }
        do throws(PluginError) {
            return try plugin.access(AccessContext(request))
        } catch {
            request.log(.error, "plugin \(type(of: plugin).name): \(error.message)")
            return .exit(.error(500))
        }
    }

    static func exit(_ r: Request, _ ctx: RequestContext, _ request: NginxRequest, _ response: Response) -> ngx_int_t {
        collectRest(request)
        return Answer.send(r, ctx, response)
    }

    /// Whoever comes after an exit is still chosen: its filter and log phases run.
    private static func collectRest(_ request: NginxRequest) {
        guard request.chain.hasLatePhases else { return }
        request.position += 1
        while request.position < request.chain.slots.count {
            if let entry = choose(request.chain.slots[request.position], request) {
                request.chosen.append(entry.takeUnretainedValue())
            }
            request.position += 1
        }
        LatePhases.note(request)
    }

    // MARK: going on

    private static func resume(_ r: Request, _ ctx: RequestContext) -> ngx_int_t {
        if ctx.pointee.waiting != 0 { return Code.again }
        guard let request = NginxRequest.of(ctx) else {
            guard let route = RouteEntry.of(ctx) else { return 500 }
            return proceed(r, ctx, route)
        }
        if let outcome = request.outcome {
            request.outcome = nil
            if case .exit(let response) = outcome {
                request.position -= 1
                return exit(r, ctx, request, response)
            }
        }
        return runChain(r, ctx, request)
    }

    /// Everything is allowed: the request goes to its service.
    @inline(__always)
    static func proceed(_ r: Request, _ ctx: RequestContext, _ route: RouteEntry) -> ngx_int_t {
        guard let service = route.service else {
            return Answer.error(r, ctx, 503, "no Service found with those values")
        }
        if let address = service.address {
            ctx.pointee.sockaddr = address.pointer
            ctx.pointee.socklen = address.length
            ctx.pointee.peer = ngx_str_t(address.text.baseAddress, address.text.count)
        } else if ctx.pointee.unresolved != 0 {
            return Answer.error(r, ctx, 503, "name resolution failed")
        } else if ctx.pointee.sockaddr == nil {
            return NameResolution.start(r, ctx, service)
        }
        return UpstreamRequest.prepare(r, ctx, route, service)
    }
}

extension NginxRequest {
    @inline(__always)
    static func of(_ ctx: RequestContext) -> NginxRequest? {
        ctx.pointee.request.map { Unmanaged<NginxRequest>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The same for the length of a call, uncounted: the context holds it.
    @inline(__always)
    static func use(_ ctx: RequestContext, _ body: (NginxRequest) -> Void) {
        if let request = ctx.pointee.request {
            Unmanaged<NginxRequest>.fromOpaque(request)._withUnsafeGuaranteedRef(body)
        }
    }
}

extension RouteEntry {
    @inline(__always)
    static func of(_ ctx: RequestContext) -> RouteEntry? {
        ctx.pointee.route.map { Unmanaged<RouteEntry>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The same for the length of a call, uncounted: the context holds it.
    @inline(__always)
    static func use<R>(_ ctx: RequestContext, _ body: (RouteEntry) -> R) -> R? {
        ctx.pointee.route.map { Unmanaged<RouteEntry>.fromOpaque($0)._withUnsafeGuaranteedRef(body) }
    }
}

/// The body that a plugin asked for is there: go on where it asked.
@Worker @c(kng_on_body)
public func onBody(_ ctx: RequestContext?) {
    guard let ctx, let r = ctx.pointee.r else { return }
    onLoop {
        ctx.pointee.waiting = 0
        NginxRequest.of(ctx)?.isBodyRead = true
        kng_resume(r)
    }
}
