// NginxKit is the one place that imports CNginx; the worker module sees nginx through it.
@_exported import CNginx

public typealias Request = UnsafeMutablePointer<ngx_http_request_t>
public typealias RequestContext = UnsafeMutablePointer<kng_ctx_t>

/// nginx's result codes, which C macros hide from Swift.
public enum Code {
    public static let ok: ngx_int_t = 0
    public static let error: ngx_int_t = -1
    public static let again: ngx_int_t = -2
    public static let busy: ngx_int_t = -3
    public static let done: ngx_int_t = -4
    public static let declined: ngx_int_t = -5
}
