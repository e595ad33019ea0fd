import KongCore
import KongPDK
import NginxKit

/// A route that speaks only https, or gRPC, answers other requests itself.
///
/// Source: Kong's `kong/runloop/handler.lua`, access before.
@Worker
enum ProtocolCheck {
    /// Nil when the request may go on.
    static func run(_ r: Request, _ ctx: RequestContext, _ route: RouteEntry) -> ngx_int_t? {
        let https = isHTTPS(r)
        if route.grpc {
            let version = r.pointee.http_version
            if Answer.isGRPC(r) {
                if version != 2000 {
                    return Answer.error(
                        r, ctx, 426, "Please use HTTP2 protocol",
                        headers: [("connection", "Upgrade"), ("upgrade", "HTTP/2")])
                }
            } else {
                return Answer.error(r, ctx, 415, "Non-gRPC request matched gRPC route")
            }
            if route.httpsOnly && !https {
                return Answer.send(
                    r, ctx,
                    Response(
                        status: 200,
                        headers: [
                            ("content-type", "application/grpc"), ("grpc-status", "1"),
                            ("grpc-message", "gRPC request matched gRPCs route"),
                        ]))
            }
            return nil
        }
        guard route.httpsOnly, !https else { return nil }
        if route.redirectStatus == 426 {
            return Answer.error(
                r, ctx, 426, "Please use HTTPS protocol",
                headers: [("Connection", "Upgrade"), ("Upgrade", "TLS/1.2, HTTP/1.1")])
        }
        let host = Forwarded.host(r)
        let target = r.pointee.unparsed_uri.string
        return Answer.send(
            r, ctx,
            Response(
                status: route.redirectStatus,
                headers: [("Location", "https://\(host)\(target)"), ("Content-Type", "text/html")],
                body: .bytes(page(route.redirectStatus))))
    }

    /// nginx's own page, without its signature.
    private static func page(_ status: Int) -> [UInt8] {
        let reasons = [301: "Moved Permanently", 302: "Found", 307: "Temporary Redirect", 308: "Permanent Redirect"]
        let title = "\(status) \(reasons[status] ?? "Redirect")"
        let lines = [
            "<html>", "<head><title>\(title)</title></head>", "<body>", "<center><h1>\(title)</h1></center>", "</body>",
            "</html>", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    private static func isHTTPS(_ r: Request) -> Bool {
        if kng_is_https(r) != 0 { return true }
        guard let gateway = Gateway.current, Forwarded.isTrusted(r, gateway.settings) else { return false }
        return Answer.header(r, "x-forwarded-proto") == "https"
    }
}
