import KongCore

/// What an access (or rewrite) phase sees and may change. Valid during the call.
public struct AccessContext {
    public let request: any RequestBackend

    public init(_ request: any RequestBackend) { self.request = request }
}

/// What the response phases see and may change. Valid during the call.
public struct ResponseContext {
    public let request: any RequestBackend

    public init(_ request: any RequestBackend) { self.request = request }
}

/// What the log phase sees. Valid during the call.
public struct LogContext {
    public let request: any RequestBackend

    public init(_ request: any RequestBackend) { self.request = request }
}

extension AccessContext {
    /// The first value of a request header, as text.
    @Worker public func header(_ name: HeaderName) -> String? {
        request.withHeader(name) { String(decoding: $0, as: UTF8.self) }
    }

    @Worker public func setHeader(_ name: HeaderName, _ value: String) { request.setHeader(name, Array(value.utf8)) }

    @Worker public func removeHeader(_ name: HeaderName) { request.removeHeader(name) }

    /// The decoded values of a query argument, in order; a name without `=` counts as an empty value.
    @Worker public func queryArguments(_ name: String) -> [[UInt8]] {
        FormFields(request.rawQuery).values(of: Array(name.utf8))
    }

    /// Takes every argument of this name out of the query that goes upstream.
    @Worker public func removeQueryArgument(_ name: String) {
        request.rawQuery = FormFields(request.rawQuery).removing(Array(name.utf8))
    }
}

extension ResponseContext {
    @Worker public func setHeader(_ name: HeaderName, _ value: String) {
        request.setResponseHeader(name, Array(value.utf8))
    }
}

/// A request that may be waited with: kept across suspensions, dead once the request has ended.
@Worker
public final class RequestHandle {
    private weak var backend: (any RequestBackend)?

    public init(_ backend: any RequestBackend) { self.backend = backend }

    /// The context, or nil when the request is gone.
    public var context: AccessContext? { backend.map { AccessContext($0) } }

    /// Ends the handle: the request is over.
    public func invalidate() { backend = nil }
}
