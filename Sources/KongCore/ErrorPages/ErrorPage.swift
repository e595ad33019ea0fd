/// Kong's error template: a message and the request's id, in the form that the client asks for.
///
/// Source: Kong's `kong.response.error` (`kong/pdk/response.lua`, `kong/tools/http.lua`).
public enum ErrorPage {
    public enum Media: Sendable {
        case json, html, xml, plain
        /// `application/grpc`: no body, the message travels in headers.
        case grpc

        public var contentType: String {
            switch self {
            case .json: "application/json; charset=utf-8"
            case .html: "text/html; charset=utf-8"
            case .xml: "application/xml; charset=utf-8"
            case .plain: "text/plain; charset=utf-8"
            case .grpc: "application/grpc"
            }
        }

        /// The media type that a plain `type/subtype` names; nil when Kong has no template for it.
        public init?(type: some StringProtocol) {
            switch type {
            case "application/json", "application/*", "*/*": self = .json
            case "text/html": self = .html
            case "application/xml": self = .xml
            case "text/plain", "text/*": self = .plain
            case "application/grpc": self = .grpc
            default: return nil
            }
        }
    }

    /// Templates with two placeholders each, `%s`: the message, then the id.
    public struct Templates: Sendable {
        public var json = "{\n  \"message\":\"%s\",\n  \"request_id\":\"%s\"\n}"
        public var html =
            "<!doctype html>\n<html>\n  <head>\n    <meta charset=\"utf-8\">\n    <title>Error</title>\n  </head>\n"
            + "  <body>\n    <h1>Error</h1>\n    <p>%s.</p>\n    <p>request_id: %s</p>\n  </body>\n</html>\n"
        public var xml =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<error>\n  <message>%s</message>\n"
            + "  <requestid>%s</requestid>\n</error>\n"
        public var plain = "%s\nrequest_id: %s\n"

        public init() {}

        public func render(_ media: Media, message: String, requestID: String) -> String {
            switch media {
            case .json: Self.fill(json, message, requestID)
            case .html: Self.fill(html, message, requestID)
            case .xml: Self.fill(xml, message, requestID)
            case .plain: Self.fill(plain, message, requestID)
            case .grpc: ""
            }
        }

        private static func fill(_ template: String, _ first: String, _ second: String) -> String {
            var out = ""
            var values = [second, first]
            var rest = template.utf8[...]
            while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
                out += String(Substring(rest[..<percent]))
                let next = rest.index(after: percent)
                if next < rest.endIndex, rest[next] == UInt8(ascii: "s"), let value = values.popLast() {
                    out += value
                    rest = rest[rest.index(after: next)...]
                } else {
                    out += "%"
                    rest = rest[next...]
                }
            }
            return out + String(Substring(rest))
        }
    }

    /// The best of an `Accept` header: highest `q` first, the earlier one on ties; unknown types count as JSON.
    public static func media(accept: String) -> Media {
        var best: (type: String, quality: Double)?
        for entry in accept.split(separator: ",") {
            let parameters = entry.split(separator: ";")
            guard let first = parameters.first else { continue }
            let type = trim(first)
            guard isMediaType(type) else { continue }
            var quality = 1.0
            for parameter in parameters.dropFirst() {
                let text = trim(parameter)
                if text.hasPrefix("q=") { quality = Double(text.dropFirst(2)) ?? 1 }
            }
            if quality > (best?.quality ?? 0) { best = (type, quality) }
        }
        return best.flatMap { Media(type: $0.type) } ?? .json
    }

    private static func isMediaType(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
    }

    private static func trim(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }

    /// The usual message of a status.
    public static func message(_ status: Int) -> String {
        messages[status] ?? "The upstream server responded with \(status)"
    }

    private static let messages: [Int: String] = [
        400: "Bad request", 401: "Unauthorized", 402: "Payment required", 403: "Forbidden", 404: "Not found",
        405: "Method not allowed", 406: "Not acceptable", 407: "Proxy authentication required",
        408: "Request timeout", 409: "Conflict", 410: "Gone", 411: "Length required", 412: "Precondition failed",
        413: "Payload too large", 414: "URI too long", 415: "Unsupported media type", 416: "Range not satisfiable",
        417: "Expectation failed", 418: "I'm a teapot", 421: "Misdirected request", 422: "Unprocessable entity",
        423: "Locked", 424: "Failed dependency", 425: "Too early", 426: "Upgrade required",
        428: "Precondition required", 429: "Too many requests", 431: "Request header fields too large",
        451: "Unavailable for legal reasons", 494: "Request header or cookie too large",
        500: "An unexpected error occurred", 501: "Not implemented",
        502: "An invalid response was received from the upstream server",
        503: "The upstream server is currently unavailable", 504: "The upstream server is timing out",
        505: "HTTP version not supported", 506: "Variant also negotiates", 507: "Insufficient storage",
        508: "Loop detected", 510: "Not extended", 511: "Network authentication required",
    ]

    /// gRPC's status for an HTTP status. Source: `kong/pdk/response.lua`.
    public static func grpcStatus(_ status: Int) -> Int {
        switch status {
        case 200: 0
        case 400: 3
        case 401: 16
        case 403: 7
        case 404: 5
        case 409: 6
        case 429: 8
        case 499: 1
        case 500: 13
        case 501: 12
        case 503: 14
        case 504: 4
        case 200..<300: 0
        case 400..<500: 3
        case 500..<600: 13
        default: 2
        }
    }
}
