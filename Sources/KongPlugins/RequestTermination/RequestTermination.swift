import KongCore
import KongPDK

/// Answers instead of the service.
///
/// Source: Kong's `kong/plugins/request-termination/handler.lua`.
public final class RequestTermination: AccessPhase {
    public static let name = "request-termination"
    public static let priority = 2

    private let response: Response
    private let message: String
    private let echoes: Bool
    private let trigger: (name: String, header: HeaderName)?

    public init(_ config: PluginConfiguration) throws(PluginError) {
        let status = config.integer("status_code").map { Int(clamping: $0) } ?? 503
        let message = config.string("message") ?? Self.defaultMessage(status)
        if let body = config.string("body") {
            let type = config.string("content_type") ?? "application/json; charset=utf-8"
            response = Response(status: status, headers: [("Content-Type", type)], body: .text(body))
        } else {
            response = Response(status: status, body: message.map { .json(["message": .string($0)]) } ?? .empty)
        }
        self.message = message ?? ""
        echoes = config.bool("echo")
        trigger = config.string("trigger").map { ($0, HeaderName($0)) }
    }

    public func access(_ context: AccessContext) throws(PluginError) -> Verdict {
        if let trigger {
            let isCalled =
                !context.request.headers(trigger.header).isEmpty || !context.queryArguments(trigger.name).isEmpty
            if !isCalled { return .next }
        }
        guard echoes else { return .exit(response) }
        guard context.request.body != nil else { return .readBody }
        return .exit(
            Response(status: response.status, body: .json(RequestEcho.make(context.request, message: message))))
    }

    /// What `kong.response.exit` says of a status without a message of its own.
    private static func defaultMessage(_ status: Int) -> String? {
        switch status {
        case 401: "Unauthorized"
        case 404: "Not found"
        case 405: "Method not allowed"
        case 500: "An unexpected error occurred"
        case 502: "Bad Gateway"
        case 503: "Service unavailable"
        default: nil
        }
    }
}
