import KongCore
import KongPDK
import NginxKit

/// One request as plugins see it. Made when its route has plugins; dead once nginx's request is gone.
///
/// Retained by the request's context and released by the pool's clean-up.
@Worker
final class NginxRequest: RequestBackend {
    /// Nil once the request has ended.
    private(set) var r: Request?
    let ctx: RequestContext
    let route: RouteEntry?
    let chain: PluginChain
    /// The next slot of the chain in access.
    var position = 0
    /// The configurations that were chosen, for the later phases; filled by access, in priority order.
    var chosen: [PluginEntry] = []
    var task: Task<Void, Never>?
    /// The task runs its first stretch, on nginx's stack: it must not resume the phases itself.
    var isStarting = false
    /// What an asynchronous plugin decided while the request was suspended.
    var outcome: Verdict?
    lazy var handle = RequestHandle(self)

    var consumer: Consumer?
    var credential: Credential?
    var authenticatedGroups: [String]?
    var state = RequestState()
    private var loadedBody: [UInt8]?

    init(_ r: Request, _ ctx: RequestContext, route: RouteEntry?, chain: PluginChain) {
        self.r = r
        self.ctx = ctx
        self.route = route
        self.chain = chain
    }

    /// The request is gone: whatever still holds this object finds it dead.
    func end() {
        r = nil
        if let task {
            task.cancel()
            self.task = nil
            handle.invalidate()
        }
    }

    var entities: any EntityReader {
        if let gateway = Gateway.current { gateway } else { NoEntities.shared }
    }
    var routeID: UUIDBytes? { route?.id }
    var serviceID: UUIDBytes? { route?.service?.id }

    var method: String { r?.pointee.method_name.string ?? "" }
    var scheme: String { r.map { kng_is_https($0) != 0 } == true ? "https" : "http" }
    var rawPath: [UInt8] { r.map { Array(RequestTarget.path($0, ctx)) } ?? [] }
    var clientAddress: [UInt8] { r.map { Array(kng_client_address($0).bytes) } ?? [] }
    var requestID: [UInt8] { r.map { Array(RequestID.get($0, ctx)) } ?? [] }
    var now: Double { Double(kng_time_ms()) / 1000 }

    var rawQuery: [UInt8] {
        get { r.map { Array($0.pointee.args.bytes) } ?? [] }
        set {
            guard let r else { return }
            guard !newValue.isEmpty, var writer = ByteWriter(pool: r, capacity: newValue.count) else {
                r.pointee.args = ngx_str_t(nil, 0)
                return
            }
            writer.append(newValue)
            r.pointee.args = writer.string
        }
    }

    // MARK: request headers

    func withHeader<R>(_ name: HeaderName, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R? {
        find(name, after: nil).map { body($0.pointee.value.bytes) }
    }

    func headers(_ name: HeaderName) -> [[UInt8]] {
        var out: [[UInt8]] = []
        var header = find(name, after: nil)
        while let found = header {
            out.append(Array(found.pointee.value.bytes))
            header = find(name, after: found)
        }
        return out
    }

    func withFirstHeader(_ name: HeaderName, _ body: (UnsafeBufferPointer<UInt8>, _ isOnly: Bool) -> Void) {
        guard let first = find(name, after: nil) else { return }
        body(first.pointee.value.bytes, find(name, after: first) == nil)
    }

    private func find(
        _ name: HeaderName, after: UnsafeMutablePointer<ngx_table_elt_t>?
    ) -> UnsafeMutablePointer<ngx_table_elt_t>? {
        guard let r else { return nil }
        return name.lowercase.withUnsafeBufferPointer {
            kng_find_request_header(r, after, name.hash, $0.baseAddress, $0.count)
        }
    }

    func setHeader(_ name: HeaderName, _ value: [UInt8]) {
        guard let r else { return }
        name.bytes.withUnsafeBufferPointer { text in
            name.lowercase.withUnsafeBufferPointer { lowercase in
                value.withUnsafeBufferPointer { value in
                    _ = kng_set_request_header(
                        r, name.hash, name.isKnownToNginx ? 1 : 0, text.baseAddress, lowercase.baseAddress, text.count,
                        value.baseAddress, value.count)
                }
            }
        }
    }

    func setHeaders(_ headers: HeaderSet) {
        guard let r else { return }
        headers.records.withUnsafeBufferPointer { _ = kng_set_request_headers(r, $0.baseAddress, $0.count) }
    }

    func addHeader(_ name: HeaderName, _ value: [UInt8]) {
        guard let r, HeaderValue.isSafe(value) else { return }
        name.bytes.withUnsafeBufferPointer { text in
            name.lowercase.withUnsafeBufferPointer { lowercase in
                value.withUnsafeBufferPointer { value in
                    _ = kng_add_request_header(
                        r, name.hash, name.isKnownToNginx ? 1 : 0, text.baseAddress, lowercase.baseAddress, text.count,
                        value.baseAddress, value.count)
                }
            }
        }
    }

    func removeHeader(_ name: HeaderName) {
        guard let r else { return }
        name.lowercase.withUnsafeBufferPointer {
            _ = kng_remove_request_header(r, name.hash, $0.baseAddress, $0.count)
        }
    }

    // MARK: body

    /// A body that plugins look at may be this large; more is answered with 413.
    static let bodyLimit = 64 << 20

    /// Whether nginx has the whole body. A plugin that asks for it again has found it too long.
    var isBodyRead = false

    var body: [UInt8]? {
        guard isBodyRead, let r else { return nil }
        if let loadedBody { return loadedBody }
        var bytes = ngx_str_t(nil, 0)
        guard kng_body_bytes(r, &bytes, Self.bodyLimit) == Code.ok else { return nil }
        loadedBody = Array(bytes.bytes)
        return loadedBody
    }

    var bodySize: Int? {
        guard isBodyRead, let r else { return nil }
        return loadedBody?.count ?? Int(kng_body_size(r))
    }

    func setBody(_ body: [UInt8]) {
        guard let r else { return }
        loadedBody = body
        body.withUnsafeBufferPointer { _ = kng_set_body(r, $0.baseAddress, $0.count) }
    }

    // MARK: response

    var status: Int {
        get { r.map { Int($0.pointee.headers_out.status) } ?? 0 }
        set {
            guard let r, newValue >= 100, newValue <= 999 else { return }
            r.pointee.headers_out.status = UInt(newValue)
            r.pointee.headers_out.status_line.len = 0
        }
    }

    var isExit: Bool { ctx.pointee.exited != 0 }

    func responseHeader(_ name: HeaderName) -> [UInt8]? {
        guard let r else { return nil }
        if name.lowercase.elementsEqual("content-type".utf8) {
            return r.pointee.headers_out.content_type.len > 0 ? Array(r.pointee.headers_out.content_type.bytes) : nil
        }
        return name.lowercase.withUnsafeBufferPointer {
            kng_find_response_header(r, nil, $0.baseAddress, $0.count).map { Array($0.pointee.value.bytes) }
        }
    }

    func setResponseHeader(_ name: HeaderName, _ value: [UInt8]) {
        guard let r, HeaderValue.isSafe(value) else { return }
        if name.lowercase.elementsEqual("content-type".utf8) {
            value.withUnsafeBufferPointer { kng_set_content_type(r, $0.baseAddress, $0.count) }
            return
        }
        removeResponseHeader(name)
        addResponseHeader(name, value)
    }

    func addResponseHeader(_ name: HeaderName, _ value: [UInt8]) {
        guard let r, HeaderValue.isSafe(value) else { return }
        ResponseHeaders.add(r, name.bytes, value)
    }

    func removeResponseHeader(_ name: HeaderName) {
        guard let r else { return }
        // nginx keeps these two beside its list.
        if name.lowercase.elementsEqual("content-type".utf8) { return kng_set_content_type(r, nil, 0) }
        if name.lowercase.elementsEqual("content-length".utf8) { return kng_clear_content_length(r) }
        name.lowercase.withUnsafeBufferPointer { _ = kng_remove_response_header(r, $0.baseAddress, $0.count) }
    }

    func clearContentLength() {
        if let r { kng_clear_content_length(r) }
    }

    func log(_ level: LogLevel, _ message: String) {
        if let r { Log.write(UInt(level.rawValue), r, message) } else { Log.write(UInt(level.rawValue), message) }
    }
}

/// What a worker that is not up yet answers.
@Worker
private final class NoEntities: EntityReader {
    static let shared = NoEntities()
    var generation: UInt64 { 0 }
    func generation(of kind: EntityKind) -> UInt64 { 0 }
    func withRow(_ entity: String, id: UUIDBytes, _ body: (inout RowReader) -> Void) throws(PluginError) {
        throw PluginError("no configuration")
    }
    func withRow(
        _ entity: String, field: String, _ value: UnsafeBufferPointer<UInt8>,
        _ body: (_ id: UUIDBytes, inout RowReader) -> Void
    ) throws(PluginError) { throw PluginError("no configuration") }
    func forEachChild(
        _ entity: String, field: String, of parent: UUIDBytes, _ body: (_ id: UUIDBytes, inout RowReader) -> Void
    ) throws(PluginError) { throw PluginError("no configuration") }
    func atOnce(_ body: () throws(PluginError) -> Void) throws(PluginError) { try body() }
    func record(_ entity: String, _ id: UUIDBytes) -> JSONObject? { nil }
}
