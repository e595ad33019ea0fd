import HTTPTypes
import Hummingbird
import KongCore
import Logging
import NIOCore

/// Turns an HTTP request into an `AdminRequest`, runs it, and dresses the answer as Kong does.
public struct AdminResponder: HTTPResponder {
    public typealias Context = BasicRequestContext

    let routes: RouteTable
    let configuration: AdminConfiguration
    /// The Status API sends `Access-Control-Allow-Origin` only.
    var allowsCredentials = true
    let logger: Logger

    public init(routes: RouteTable, configuration: AdminConfiguration, allowsCredentials: Bool = true, logger: Logger) {
        self.routes = routes
        self.configuration = configuration
        self.allowsCredentials = allowsCredentials
        self.logger = logger
    }

    public func respond(to request: Request, context: Context) async throws -> Response {
        let start = ContinuousClock.now
        var reply: AdminReply
        let method = request.method.rawValue
        if Self.size(of: request.headers) > Self.headerLimitBytes {
            reply = .message(400, "Request header or cookie too large")
            reply.headers.append(("Connection", "close"))
        } else {
            switch await body(of: request) {
            case .success(let body):
                let admin = AdminRequest(
                    method: method, target: request.head.path ?? "/", headers: request.headers, body: body)
                reply = await routes.reply(to: admin, logger: logger)
            case .failure(let refusal):
                // What remains of the body is not worth reading.
                reply = refusal
                reply.headers.append(("Connection", "close"))
            }
        }
        return response(reply, to: request, took: ContinuousClock.now - start)
    }

    /// nginx's `large_client_header_buffers 4 8k`.
    static let headerLimitBytes = 32 << 10

    private static func size(of headers: HTTPFields) -> Int {
        headers.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4 }
    }

    private func body(of request: Request) async -> Result<[UInt8], AdminReply> {
        let limit = configuration.bodyLimitBytes
        let tooLarge = AdminReply.message(413, "Payload too large")
        let declared = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        if limit > 0, declared > limit { return .failure(tooLarge) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(declared, limit > 0 ? limit : 1 << 20))
        do {
            for try await var buffer in request.body {
                if limit > 0, bytes.count + buffer.readableBytes > limit { return .failure(tooLarge) }
                if let chunk = buffer.readBytes(length: buffer.readableBytes) { bytes += chunk }
            }
        } catch {
            return .failure(.message(400, "Bad request"))
        }
        return .success(bytes)
    }

    private func response(_ reply: AdminReply, to request: Request, took: Duration) -> Response {
        var headers = HTTPFields()
        if let type = reply.contentType { headers[.contentType] = type }
        headers[.accessControlAllowOrigin] = CrossOrigin(allowedOrigins: configuration.allowedOrigins)
            .allowOrigin(for: request.headers)
        if allowsCredentials { headers[.accessControlAllowCredentials] = "true" }
        if configuration.sendsLatency {
            headers[.adminLatency] = String(took.components.seconds * 1000 + took.milliseconds)
        }
        if configuration.sendsServer { headers[.server] = "kong/\(KongVersion.string)" }
        for header in reply.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            headers[name] = header.value
        }
        if request.method == .head {
            headers[.contentLength] = String(reply.body.count)
            return Response(status: .init(code: reply.status), headers: headers)
        }
        var response = Response(
            status: .init(code: reply.status), headers: headers,
            body: reply.body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: reply.body)))
        // RFC 9110: no Content-Length on 204.
        if reply.status == 204 { response.headers[.contentLength] = nil }
        return response
    }
}

extension Duration {
    /// The part below a second, in whole milliseconds.
    fileprivate var milliseconds: Int64 { components.attoseconds / 1_000_000_000_000_000 }
}
