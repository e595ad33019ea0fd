import KongCore
import KongPDK
import NginxKit

/// Errors that nginx raises itself, in Kong's words: the content handler of `/kong_error_handler`.
@Worker @c(kng_on_error_page)
public func onErrorPage(_ r: Request?, _ ctx: RequestContext?) -> ngx_int_t {
    guard let r, let ctx else { return Code.error }
    return onLoop {
        guard let gateway = Gateway.current else { return 500 }
        var status = Int(r.pointee.err_status != 0 ? r.pointee.err_status : r.pointee.headers_out.status)
        if status < 400 { status = 500 }
        let message = ErrorPage.message(status)
        if status == 494 {
            // nginx's own number for headers that are too large: the client sees 400.
            status = 400
            r.pointee.err_status = 400
        }
        LatePhases.adoptGlobal(r, ctx, gateway)
        ctx.pointee.exited = 1
        ctx.pointee.error_page = 1
        if Answer.isGRPC(r) {
            return Answer.write(
                r, ctx, .init(status: status, body: .json(["message": .string(message)])), asGRPC: false)
        }
        return Answer.template(r, ctx, status, message, media(r, gateway))
    }
}

/// What the client accepts, else what it sent, else `error_default_type`.
@Worker
private func media(_ r: Request, _ gateway: Gateway) -> ErrorPage.Media {
    if let accept = Answer.header(r, "accept") { return ErrorPage.media(accept: accept) }
    if let type = Answer.header(r, "content-type") { return ErrorPage.media(accept: type) }
    return gateway.settings.errorDefault
}
