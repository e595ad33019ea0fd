import KongCore
import KongPDK
import NginxKit

/// The last step of access: the request as it goes to the service.
@Worker
enum UpstreamRequest {
    static func prepare(_ r: Request, _ ctx: RequestContext, _ route: RouteEntry, _ service: ServiceEntry) -> ngx_int_t
    {
        guard setPath(r, ctx, route, service) else { return 500 }
        setHost(r, ctx, route, service)
        ctx.pointee.tries = service.tries
        if !route.responseBuffering { ctx.pointee.unbuffered = 1 }
        if let upgrade = r.pointee.headers_in.upgrade, isWebSocket(upgrade.pointee.value.bytes) {
            ctx.pointee.websocket = 1
        }
        HopByHop.strip(r)
        ctx.pointee.passed = 1
        if service.https || service.grpc || !route.requestBuffering {
            guard selectLocation(r, route, service) else {
                ctx.pointee.passed = 0
                Log.write(Log.error, r, "nginx.conf has no location for this kind of service")
                return Answer.error(r, ctx, 500)
            }
        }
        return Code.declined
    }

    /// The location whose `proxy_pass` speaks the service's protocol.
    private static func selectLocation(_ r: Request, _ route: RouteEntry, _ service: ServiceEntry) -> Bool {
        let name: StaticString
        switch (service.grpc, service.https, route.requestBuffering) {
        case (true, false, _): name = "@kong_grpc"
        case (true, true, _): name = "@kong_grpcs"
        case (false, true, true): name = "@kong_https"
        case (false, true, false): name = "@kong_https_unbuffered"
        default: name = "@kong_unbuffered"
        }
        return name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount) {
            kng_use_location(r, $0, name.utf8CodeUnitCount) == Code.ok
        }
    }

    /// nginx sends `r->uri` and the arguments as they are.
    @inline(__always)
    private static func setPath(_ r: Request, _ ctx: RequestContext, _ route: RouteEntry, _ service: ServiceEntry)
        -> Bool
    {
        let raw = RequestTarget.path(r, ctx)
        let matched = Int(ctx.pointee.path_length)
        let plain = ctx.pointee.plain_path != 0
        if plain && service.path.count == 1 && !(route.stripPath && matched > 1) {
            // The service sees the client's own path.
            guard needsEscape(raw) else {
                setURI(r, ctx, raw)
                return true
            }
        }
        var normalized: [UInt8] = []
        var path = raw
        if !plain {
            normalized = PathNormalization.normalize(Array(raw))
            guard var writer = ByteWriter(pool: r, capacity: normalized.count) else { return false }
            writer.append(normalized)
            path = writer.string.bytes
        }
        let stripped = route.stripPath ? matched : 0
        let capacity = service.path.count + path.count + 2
        guard let out = kng_pnalloc(r, capacity) else { return false }
        let count = service.path.withUnsafeBufferPointer { base in
            let out = UnsafeMutableBufferPointer(start: out, count: capacity)
            if route.usesPathHandlingV1, Gateway.current?.settings.isTraditional == true {
                return UpstreamPath.joinV1(
                    base: base, request: path, stripped: stripped, strip: route.stripPath, into: out)
            }
            return UpstreamPath.join(
                base: base, request: path, stripped: stripped, strip: route.stripPath && matched > 0, into: out)
        }
        let joined = UnsafeBufferPointer(start: out, count: count)
        if needsEscape(joined) { return setEscaped(r, ctx, joined) }
        setURI(r, ctx, joined)
        return true
    }

    @inline(__always)
    private static func setURI(_ r: Request, _ ctx: RequestContext, _ path: UnsafeBufferPointer<UInt8>) {
        r.pointee.uri = ngx_str_t(UnsafeMutablePointer(mutating: path.baseAddress), path.count)
        // Otherwise nginx would send the client's own target, or escape once more.
        r.pointee.valid_unparsed_uri = 0
        r.pointee.quoted_uri = 0
        r.pointee.internal = 0
        if ctx.pointee.derived == 0, r.pointee.args.len == 0, r.pointee.unparsed_uri.bytes.last == UInt8(ascii: "?") {
            keepLoneMark(r)
        }
    }

    /// A question mark without a query is the client's to send (Kong keeps it).
    private static func keepLoneMark(_ r: Request) {
        let path = r.pointee.uri.bytes
        guard var writer = ByteWriter(pool: r, capacity: path.count + 1) else { return }
        writer.append(path)
        writer.append(UInt8(ascii: "?"))
        r.pointee.uri = writer.string
    }

    @inline(__always)
    private static func needsEscape(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        var offset = 0
        if let start = path.baseAddress {
            while offset + 8 <= path.count, isUsual(ByteWord.load(start, offset)) { offset += 8 }
        }
        for byte in path[offset...] where isEscaped(byte) { return true }
        return false
    }

    /// Whether eight bytes are of those that paths are made of: ``-./0123456789:;``, letters and `_`.
    @inline(__always)
    private static func isUsual(_ word: UInt64) -> Bool {
        let top = ByteWord.repeating(0x80)
        guard word & top == 0 else { return false }
        let usual =
            ByteWord.between(word, UInt8(ascii: "-"), UInt8(ascii: ";"))
            | ByteWord.between(word, UInt8(ascii: "A"), UInt8(ascii: "Z"))
            | ByteWord.between(word, UInt8(ascii: "a"), UInt8(ascii: "z"))
            | ByteWord.equal(word, UInt8(ascii: "_"))
        return usual == top
    }

    /// What Kong escapes on the way to a service: all but letters, digits and ``!#$%&'()*+,-./:;=?@[]_~``.
    @inline(__always)
    private static func isEscaped(_ byte: UInt8) -> Bool {
        // One bit for each character below and above 64 that stays as it is.
        let kept: (UInt64, UInt64) = (0xAFFF_FFFA_0000_0000, 0x47FF_FFFE_AFFF_FFFF)
        let word = byte < 64 ? kept.0 : byte < 128 ? kept.1 : 0
        return word >> UInt64(byte & 63) & 1 == 0
    }

    private static func setEscaped(_ r: Request, _ ctx: RequestContext, _ path: UnsafeBufferPointer<UInt8>) -> Bool {
        guard var writer = ByteWriter(pool: r, capacity: path.count * 3) else { return false }
        let digits: [UInt8] = Array("0123456789ABCDEF".utf8)
        for byte in path {
            if isEscaped(byte) {
                writer.append(UInt8(ascii: "%"))
                writer.append(digits[Int(byte >> 4)])
                writer.append(digits[Int(byte & 15)])
            } else {
                writer.append(byte)
            }
        }
        setURI(r, ctx, writer.string.bytes)
        return true
    }

    @inline(__always)
    private static func setHost(_ r: Request, _ ctx: RequestContext, _ route: RouteEntry, _ service: ServiceEntry) {
        if route.preserveHost, let host = r.pointee.headers_in.host {
            ctx.pointee.upstream_host = host.pointee.value
            return
        }
        // Retained with the route by the context.
        service.hostHeader.withUnsafeBufferPointer {
            ctx.pointee.upstream_host = ngx_str_t(UnsafeMutablePointer(mutating: $0.baseAddress), $0.count)
        }
    }

    private static func isWebSocket(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        value.count == 9 && value.elementsEqual("websocket".utf8) { ($0 | 0x20) == $1 }
    }
}
