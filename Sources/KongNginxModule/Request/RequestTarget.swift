import Glibc
import KongCore
import NginxKit

/// The parts of the request's target as the client sent it.
enum RequestTarget {
    /// The path that is routed, found once: as the client sent it, or, for a request that nginx made inside (a
    /// subrequest, an internal redirect), the URI it was made with, escaped.
    @inline(__always)
    static func path(_ r: Request, _ ctx: RequestContext) -> UnsafeBufferPointer<UInt8> {
        if ctx.pointee.path.data == nil {
            let path = ctx.pointee.derived == 0 ? path(r) : escapedURI(r)
            ctx.pointee.path = ngx_str_t(UnsafeMutablePointer(mutating: path.baseAddress), path.count)
        }
        return ctx.pointee.path.bytes
    }

    private static func escapedURI(_ r: Request) -> UnsafeBufferPointer<UInt8> {
        let uri = r.pointee.uri.bytes
        guard var writer = ByteWriter(pool: r, capacity: uri.count * 3 + 1) else { return uri }
        let digits: [UInt8] = Array("0123456789ABCDEF".utf8)
        for byte in uri {
            switch byte {
            case 0...0x20, 0x7F..., UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "#"):
                writer.append(UInt8(ascii: "%"))
                writer.append(digits[Int(byte >> 4)])
                writer.append(digits[Int(byte & 15)])
            default: writer.append(byte)
            }
        }
        return writer.string.bytes
    }

    /// The path of the client's own target, raw, without the query.
    @inline(__always)
    private static func path(_ r: Request) -> UnsafeBufferPointer<UInt8> {
        let target = r.pointee.unparsed_uri.bytes
        guard let start = target.baseAddress, let mark = memchr(start, Int32(UInt8(ascii: "?")), target.count)
        else { return target }
        return UnsafeBufferPointer(start: start, count: UnsafeRawPointer(mark) - UnsafeRawPointer(start))
    }

    /// The Host header split at its port; the port is 0 when it names none.
    @inline(__always)
    static func host(_ r: Request) -> (name: UnsafeBufferPointer<UInt8>, port: UInt16) {
        guard let header = r.pointee.headers_in.host else {
            return (UnsafeBufferPointer(start: nil, count: 0), 0)
        }
        let value = header.pointee.value.bytes
        var index = value.count
        var port: UInt32 = 0
        var scale: UInt32 = 1
        while index > 0 {
            let byte = value[index - 1]
            if byte == UInt8(ascii: ":") { break }
            guard byte >= 0x30, byte <= 0x39, scale <= 100_000 else { return (value, 0) }
            port += UInt32(byte - 0x30) * scale
            scale *= 10
            index -= 1
        }
        guard index > 0, scale > 1, port <= 65535 else { return (value, 0) }
        return (UnsafeBufferPointer(rebasing: value[..<(index - 1)]), UInt16(port))
    }

    /// nginx's method bits are in the order of `MethodSet` but for a few.
    @inline(__always)
    static func method(_ r: Request) -> MethodSet {
        switch r.pointee.method {
        case 0x0002: MethodSet(rawValue: 1 << 0)  // GET
        case 0x0004: MethodSet(rawValue: 1 << 1)  // HEAD
        case 0x0008: MethodSet(rawValue: 1 << 2)  // POST
        case 0x0010: MethodSet(rawValue: 1 << 3)  // PUT
        case 0x0020: MethodSet(rawValue: 1 << 4)  // DELETE
        case 0x0200: MethodSet(rawValue: 1 << 5)  // OPTIONS
        case 0x4000: MethodSet(rawValue: 1 << 6)  // PATCH
        default: MethodSet(name: r.pointee.method_name.bytes)
        }
    }
}
