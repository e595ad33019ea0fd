import Glibc
import KongCore
import KongPDK
import NginxKit

/// Who the client is and what it asked for, told to the service: `X-Forwarded-*` and their kin.
///
/// Source: Kong's `kong/runloop/handler.lua`, access before; values are believed only from `trusted_ips`.
@Worker
enum Forwarded {
    /// The whole block of headers in one value, so that nginx copies it in one step:
    /// the Host header's value, then the other header lines, the last one without its end.
    static func block(_ r: Request, _ ctx: RequestContext, _ gateway: Gateway) -> ngx_str_t? {
        let settings = gateway.settings
        let trusted = !settings.trusted.isEmpty && isTrusted(r, settings)
        let headers = r.pointee.headers_in
        let address = kng_client_address(r).bytes
        let path = RequestTarget.path(r, ctx)
        let forwardedFor = joined(headers.x_forwarded_for)
        let route = RouteEntry.of(ctx)
        let host = ctx.pointee.upstream_host.bytes
        let server = headers.server.bytes
        let via = Answer.header(r, "via").map { Array($0.utf8) } ?? []
        let capacity =
            host.count + forwardedFor.count + address.count * 2 + path.count * 2 + ctx.pointee.prefix.len * 3
            + server.count
            + via.count + 512
            + (trusted ? trustedSize(r) : 0)
        guard var out = ByteWriter(pool: r, capacity: capacity) else { return nil }

        out.append(host)
        if ctx.pointee.websocket != 0 {
            out.append("\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket")
        } else {
            out.append("\r\nConnection: keep-alive")
        }
        if let te = header(r, "te"), HopByHop.tokens(te).contains(where: { $0.starts(with: "trailers".utf8) }) {
            out.append("\r\nTE: trailers")
        }
        out.append("\r\nVia: ")
        if !via.isEmpty {
            out.append(via)
            out.append(", ")
        }
        out.append(version(r))
        out.append(" kong/")
        out.append(Self.kongVersion)
        out.append("\r\nX-Forwarded-For: ")
        if headers.x_forwarded_for.nelts > 0 {
            // Also an empty one: Kong appends to whatever is there.
            out.append(forwardedFor)
            out.append(", ")
            out.append(trusted ? kng_direct_address(r).bytes : address)
        } else {
            out.append(address)
        }
        out.append("\r\nX-Forwarded-Proto: ")
        if trusted, let value = header(r, "x-forwarded-proto") {
            out.append(value)
        } else {
            out.append(kng_is_https(r) != 0 ? "https" : "http")
        }
        out.append("\r\nX-Forwarded-Host: ")
        if trusted, let value = header(r, "x-forwarded-host") {
            out.append(value)
        } else if server.isEmpty {
            out.append("kong")
        } else {
            out.append(server)
        }
        out.append("\r\nX-Forwarded-Port: ")
        if trusted, let value = header(r, "x-forwarded-port") {
            out.append(value)
        } else {
            let port = kng_server_port(r)
            out.append(decimal: Int(settings.portMaps[port] ?? UInt16(clamping: port)))
        }
        out.append("\r\nX-Forwarded-Path: ")
        if trusted, let value = header(r, "x-forwarded-path") { out.append(value) } else { out.append(path) }
        if trusted, let value = header(r, "x-forwarded-prefix") {
            out.append("\r\nX-Forwarded-Prefix: ")
            out.append(value)
        } else if let route, route.stripPath, ctx.pointee.path_length > 1 {
            let other = ctx.pointee.prefix.bytes
            if other.isEmpty {
                appendPrefix(path, Int(ctx.pointee.path_length), &out)
            } else {
                out.append("\r\nX-Forwarded-Prefix: ")
                append(other, &out)
            }
        }
        out.append("\r\nX-Real-IP: ")
        out.append(address)
        if settings.upstreamRequestID {
            out.append("\r\nX-Kong-Request-Id: ")
            out.append(RequestID.get(r, ctx))
        }
        return out.string
    }

    private static let kongVersion = Array(KongVersion.string.utf8)

    private static func appendPrefix(_ path: UnsafeBufferPointer<UInt8>, _ length: Int, _ out: inout ByteWriter) {
        out.append("\r\nX-Forwarded-Prefix: ")
        if PathNormalization.isPlain(path), length <= path.count {
            out.append(UnsafeBufferPointer(rebasing: path[..<length]))
        } else {
            PathNormalization.normalize(Array(path)).withUnsafeBufferPointer {
                append(UnsafeBufferPointer(rebasing: $0.prefix(length)), &out)
            }
        }
    }

    /// The normal form has decoded escapes; of these none may end a header.
    private static func append(_ text: UnsafeBufferPointer<UInt8>, _ out: inout ByteWriter) {
        for byte in text {
            if byte >= 0x20 && byte != 0x7F {
                out.append(byte)
            } else {
                let digits: StaticString = "0123456789ABCDEF"
                out.append(UInt8(ascii: "%"))
                out.append(digits.utf8Start[Int(byte >> 4)])
                out.append(digits.utf8Start[Int(byte & 15)])
            }
        }
    }

    private static func version(_ r: Request) -> StaticString {
        switch r.pointee.http_version {
        case 1000: "1"
        case 2000: "2"
        default: "1.1"
        }
    }

    /// The client's host: believed from a trusted proxy, else the Host header in nginx's form.
    static func host(_ r: Request) -> String {
        if let gateway = Gateway.current, isTrusted(r, gateway.settings),
            let host = Answer.header(r, "x-forwarded-host")
        {
            return host
        }
        let server = r.pointee.headers_in.server.string
        return server.isEmpty ? "kong" : server
    }

    /// Whether the peer of the connection itself (before realip) is in `trusted_ips`.
    static func isTrusted(_ r: Request, _ settings: WorkerSettings) -> Bool {
        !settings.trusted.isEmpty && settings.trusted.contains(text: kng_direct_address(r).string)
    }

    private static func joined(_ array: ngx_array_t) -> [UInt8] {
        guard array.nelts > 0, let elements = array.elts else { return [] }
        let headers = UnsafeBufferPointer(
            start: elements.assumingMemoryBound(to: UnsafeMutablePointer<ngx_table_elt_t>?.self),
            count: Int(array.nelts))
        var out: [UInt8] = []
        for header in headers {
            guard let header else { continue }
            if !out.isEmpty { out += [UInt8(ascii: ","), UInt8(ascii: " ")] }
            out += Array(header.pointee.value.bytes)
        }
        return out
    }

    private static func trustedSize(_ r: Request) -> Int {
        ["x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-forwarded-path", "x-forwarded-prefix"]
            .reduce(0) { $0 + (header(r, $1)?.count ?? 0) }
    }

    @inline(__always)
    private static func header(_ r: Request, _ lowercase: StaticString) -> UnsafeBufferPointer<UInt8>? {
        let hash = kng_header_hash(lowercase.utf8Start, lowercase.utf8CodeUnitCount)
        return kng_find_request_header(r, nil, hash, lowercase.utf8Start, lowercase.utf8CodeUnitCount)
            .map { $0.pointee.value.bytes }
    }
}

@Worker @c(kng_on_proxy_headers)
public func onProxyHeaders(_ r: Request?, _ ctx: RequestContext?, _ block: UnsafeMutablePointer<ngx_str_t>?)
    -> ngx_int_t
{
    guard let r, let ctx, let block else { return Code.error }
    return onLoop {
        guard let value = Gateway.use({ Forwarded.block(r, ctx, $0) }) ?? nil else { return Code.error }
        block.pointee = value
        return Code.ok
    }
}
