import KongCore
import KongPDK
import NginxKit

/// Answers that the gateway gives itself.
@Worker
enum Answer {
    /// Kong's error template in the form that `Accept` asks for.
    static func error(
        _ r: Request, _ ctx: RequestContext, _ status: Int, _ message: String? = nil,
        headers: [(name: String, value: String)] = []
    ) -> ngx_int_t {
        send(r, ctx, .error(status, message, headers: headers))
    }

    /// Sends and, for a phase handler, ends the request.
    static func send(_ r: Request, _ ctx: RequestContext, _ response: Response) -> ngx_int_t {
        kng_finish(r, write(r, ctx, response))
    }

    /// Hands the answer to nginx's filters; the result is theirs.
    static func write(
        _ r: Request, _ ctx: RequestContext, _ response: Response, asGRPC: Bool = true
    ) -> ngx_int_t {
        ctx.pointee.exited = 1
        var contentType: String?
        for (name, value) in response.headers {
            switch name.lowercased() {
            case "content-type": contentType = value
            case "content-length", "transfer-encoding": break  // framing is nginx's
            default:
                let bytes = Array(value.utf8)
                if HeaderValue.isSafe(bytes) { ResponseHeaders.add(r, Array(name.utf8), bytes) }
            }
        }
        if asGRPC && isGRPC(r) {
            return grpc(r, response)
        }
        switch response.body {
        case .empty: return send(r, response.status, contentType, [])
        case .text(let text): return send(r, response.status, contentType, Array(text.utf8))
        case .bytes(let bytes): return send(r, response.status, contentType, bytes)
        case .json(let value):
            return send(r, response.status, contentType ?? ErrorPage.Media.json.contentType, value.serialized())
        case .error(let message):
            let media = header(r, "accept").map { ErrorPage.media(accept: $0) } ?? .json
            return template(r, ctx, response.status, message, media, contentType)
        }
    }

    /// An error page in a given form.
    static func template(
        _ r: Request, _ ctx: RequestContext, _ status: Int, _ message: String?, _ media: ErrorPage.Media,
        _ contentType: String? = nil
    ) -> ngx_int_t {
        let id = String(decoding: RequestID.get(r, ctx), as: UTF8.self)
        let text = message ?? ErrorPage.message(status)
        let templates = Gateway.current?.settings.templates ?? ErrorPage.Templates()
        let body = templates.render(media, message: text, requestID: id)
        return send(r, status, contentType ?? media.contentType, Array(body.utf8))
    }

    static func isGRPC(_ r: Request) -> Bool {
        guard let type = r.pointee.headers_in.content_type else { return false }
        return type.pointee.value.bytes.starts(with: "application/grpc".utf8)
    }

    private static func grpc(_ r: Request, _ response: Response) -> ngx_int_t {
        var message: String
        switch response.body {
        case .error(let text): message = text ?? ErrorPage.message(response.status)
        case .json(let value): message = value["message"]?.stringValue ?? ErrorPage.message(response.status)
        case .text(let text): message = text
        case .bytes, .empty: message = ErrorPage.message(response.status)
        }
        message = message.filter { $0 != "\r" && $0 != "\n" }
        if !response.headers.contains(where: { $0.name.lowercased() == "grpc-status" }) {
            ResponseHeaders.add(r, Array("grpc-status".utf8), Array(String(ErrorPage.grpcStatus(response.status)).utf8))
        }
        ResponseHeaders.add(r, Array("grpc-message".utf8), Array(message.utf8))
        return send(r, response.status, nil, [])
    }

    private static func send(_ r: Request, _ status: Int, _ contentType: String?, _ body: [UInt8]) -> ngx_int_t {
        let type = Array((contentType ?? "").utf8)
        return type.withUnsafeBufferPointer { type in
            body.withUnsafeBufferPointer { body in
                kng_send(r, UInt(clamping: status), type.baseAddress, type.count, body.baseAddress, body.count)
            }
        }
    }

    static func header(_ r: Request, _ lowercase: StaticString) -> String? {
        let hash = kng_header_hash(lowercase.utf8Start, lowercase.utf8CodeUnitCount)
        return kng_find_request_header(r, nil, hash, lowercase.utf8Start, lowercase.utf8CodeUnitCount)
            .map { $0.pointee.value.string }
    }
}
