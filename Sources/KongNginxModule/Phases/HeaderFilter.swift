import KongCore
import KongPDK
import NginxKit

/// The answer's headers are known: plugins first, then the gateway's own headers.
@Worker @c(kng_on_header_filter)
public func onHeaderFilter(_ r: Request?, _ ctx: RequestContext?) {
    guard let r, let ctx else { return }
    onLoop { _ = Gateway.use { HeaderFilter.run(r, ctx, $0) } }
}

@Worker
enum HeaderFilter {
    static func run(_ r: Request, _ ctx: RequestContext, _ gateway: Gateway) {
        // A subrequest's headers go nowhere.
        if r != r.pointee.main { return }
        // An error page after a peer was tried counts as the service's answer.
        let proxied = ctx.pointee.proxied != 0 && (ctx.pointee.exited == 0 || ctx.pointee.error_page != 0)
        if proxied && ctx.pointee.error_page == 0 { removeHopByHop(r) }
        NginxRequest.use(ctx) { LatePhases.headerFilter($0) }
        let settings = gateway.settings
        if proxied { addProxied(r, ctx, settings) } else { addOwn(r, ctx, settings) }
        if settings.requestIDHeader {
            ResponseHeaders.push(r, "X-Kong-Request-Id", RequestID.get(r, ctx))
        }
        if settings.debugHeader { addDebug(r, ctx) }
    }

    @inline(__always)
    private static func addProxied(_ r: Request, _ ctx: RequestContext, _ settings: WorkerSettings) {
        let waited = kng_now() &- ctx.pointee.balancer_end
        let total = kng_elapsed(r)
        if settings.upstreamLatency {
            ResponseHeaders.push(r, "X-Kong-Upstream-Latency", number(ctx, 0, Int(bitPattern: UInt(waited))))
        }
        if settings.proxyLatency {
            ResponseHeaders.push(
                r, "X-Kong-Proxy-Latency", number(ctx, 1, max(0, total - Int(bitPattern: UInt(waited)))))
        }
        if settings.upstreamStatus, let upstream = r.pointee.upstream {
            addUpstreamStatus(r, Int(upstream.pointee.headers_in.status_n))
        }
        if settings.viaHeader { addVia(r) }
        // Without a Server of the service's, nginx's proxy leaves a blank one that is not written.
        let theirs = r.pointee.headers_out.server
        if theirs == nil || theirs?.pointee.hash == 0 { addServer(r, settings) }
    }

    private static func addOwn(_ r: Request, _ ctx: RequestContext, _ settings: WorkerSettings) {
        if settings.responseLatency {
            ResponseHeaders.push(r, "X-Kong-Response-Latency", number(ctx, 0, kng_elapsed(r)))
        }
        addServer(r, settings)
    }

    private static let server: StaticString = "kong/3.9.3"
    private static let via: StaticString = "1.1 kong/3.9.3"
    private static let via2: StaticString = "2 kong/3.9.3"

    private static func addServer(_ r: Request, _ settings: WorkerSettings) {
        guard settings.serverHeader else { return kng_hide_server_header(r) }
        if let header = ResponseHeaders.push(r, "Server", server) { r.pointee.headers_out.server = header }
    }

    @inline(__always)
    private static func addVia(_ r: Request) {
        let own = r.pointee.http_version == 2000 && Answer.isGRPC(r) ? via2 : via
        let name: StaticString = "via"
        if let theirs = kng_find_response_header(r, nil, name.utf8Start, name.utf8CodeUnitCount) {
            let before = theirs.pointee.value.bytes
            guard var writer = ByteWriter(pool: r, capacity: before.count + own.utf8CodeUnitCount + 2) else { return }
            writer.append(before)
            writer.append(", ")
            writer.append(own)
            theirs.pointee.value = writer.string
        } else {
            ResponseHeaders.push(r, "Via", own)
        }
    }

    /// The number as text, in the context's own memory.
    @inline(__always)
    private static func number(_ ctx: RequestContext, _ which: Int, _ value: Int) -> UnsafeBufferPointer<UInt8> {
        let offset = MemoryLayout<kng_ctx_t>.offset(of: \kng_ctx_t.numbers) ?? 0
        let width = 24
        let memory = UnsafeMutableRawPointer(ctx).advanced(by: offset + which * width).assumingMemoryBound(
            to: UInt8.self)
        var rest = max(0, value)
        var position = width - 1
        repeat {
            position -= 1
            memory[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0 && position > 0
        return UnsafeBufferPointer(start: memory + position, count: width - 1 - position)
    }

    private static func addUpstreamStatus(_ r: Request, _ status: Int) {
        ResponseHeaders.add(r, Array("X-Kong-Upstream-Status".utf8), Array(String(status).utf8))
    }

    private static func addDebug(_ r: Request, _ ctx: RequestContext) {
        guard Answer.header(r, "kong-debug") != nil, let route = RouteEntry.of(ctx), let gateway = Gateway.current
        else { return }
        func add(_ name: String, _ value: String?) {
            if let value { ResponseHeaders.add(r, Array(name.utf8), Array(value.utf8)) }
        }
        add("Kong-Route-Id", route.id.string)
        add("Kong-Route-Name", route.name)
        if let service = route.service {
            add("Kong-Service-Id", service.id.string)
            add("Kong-Service-Name", gateway.record("services", service.id)?["name"]?.stringValue)
        }
    }

    /// What the service's `Connection` header names stays between the two of us; so do an upgrade that nobody
    /// asked for and trailers that the client cannot take.
    @inline(__always)
    private static func removeHopByHop(_ r: Request) {
        if let upstream = r.pointee.upstream, let connection = upstream.pointee.headers_in.connection,
            !HopByHop.isUsual(connection.pointee.value.bytes)
        {
            removeNamed(r, connection.pointee.value.bytes)
        }
        let found = kng_has_upgrade_or_trailer(r)
        if found & 1 != 0 { removeUpgrade(r) }
        if found & 2 != 0 { removeTrailer(r) }
    }

    @inline(never)
    private static func removeNamed(_ r: Request, _ connection: UnsafeBufferPointer<UInt8>) {
        for token in HopByHop.tokens(connection) {
            token.withUnsafeBufferPointer { _ = kng_remove_response_header(r, $0.baseAddress, $0.count) }
        }
    }

    @inline(never)
    private static func removeUpgrade(_ r: Request) {
        let name: StaticString = "upgrade"
        guard let upgrade = kng_find_response_header(r, nil, name.utf8Start, name.utf8CodeUnitCount) else { return }
        let asked = r.pointee.headers_in.upgrade.map { $0.pointee.value.string.lowercased() }
        if asked != upgrade.pointee.value.string.lowercased() {
            _ = kng_remove_response_header(r, name.utf8Start, name.utf8CodeUnitCount)
        }
    }

    @inline(never)
    private static func removeTrailer(_ r: Request) {
        let name: StaticString = "trailer"
        if Answer.header(r, "te")?.lowercased().contains("trailers") != true {
            _ = kng_remove_response_header(r, name.utf8Start, name.utf8CodeUnitCount)
        }
    }
}
