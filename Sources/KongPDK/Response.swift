import KongCore

/// An answer that a plugin gives instead of the upstream.
public struct Response: Sendable {
    public enum Body: Sendable {
        /// No body; `Content-Length: 0`.
        case empty
        /// As it is; no content type is added.
        case text(String)
        case bytes([UInt8])
        /// `application/json; charset=utf-8` unless the headers say otherwise.
        case json(JSONValue)
        /// Kong's error template in the form that the request's `Accept` asks for: `message` and `request_id`.
        /// Nil takes the status' usual message.
        case error(String?)
    }

    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: Body

    public init(status: Int, headers: [(name: String, value: String)] = [], body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The error template (`kong.response.error`).
    public static func error(
        _ status: Int, _ message: String? = nil, headers: [(name: String, value: String)] = []
    ) -> Response {
        Response(status: status, headers: headers, body: .error(message))
    }
}

/// What an access phase decides.
public enum Verdict: Sendable {
    /// Go on with the next plugin.
    case next
    /// Answer now; later plugins' access phases do not run, their filter and log phases do.
    case exit(Response)
    /// Call this phase again when the request's body has been read (`AccessContext.body`).
    case readBody
}

/// A plugin could not do its work: logged, and answered with 500.
public struct PluginError: Error, Sendable {
    public var message: String
    public init(_ message: String) { self.message = message }
}

public enum LogLevel: Int, Sendable {
    case emergency = 1
    case alert, critical, error, warning, notice, info, debug
}
