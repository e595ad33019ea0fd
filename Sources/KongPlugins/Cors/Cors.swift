import KongCore
import KongPDK

/// Cross-origin resource sharing: answers preflights, and tells browsers who may read an answer.
///
/// Source: Kong's `kong/plugins/cors/handler.lua`; the Fetch standard, section 3.3.
public final class Cors: AccessPhase, HeaderFilterPhase {
    public static let name = "cors"
    public static let priority = 2000

    private let origins: AllowedOrigins
    private let allowedHeaders: String?
    private let exposedHeaders: String?
    private let methods: String
    private let maxAge: String?
    private let credentials: Bool
    private let privateNetwork: Bool
    private let preflightContinue: Bool

    private static let origin: HeaderName = "Origin"
    private static let requestMethod: HeaderName = "Access-Control-Request-Method"
    private static let requestHeaders: HeaderName = "Access-Control-Request-Headers"
    private static let requestPrivateNetwork: HeaderName = "Access-Control-Request-Private-Network"
    private static let vary: HeaderName = "Vary"
    private static let allowOrigin: HeaderName = "Access-Control-Allow-Origin"
    private static let allowCredentials: HeaderName = "Access-Control-Allow-Credentials"
    private static let exposeHeaders: HeaderName = "Access-Control-Expose-Headers"

    public init(_ config: PluginConfiguration) throws(PluginError) {
        origins = AllowedOrigins(config.strings("origins") ?? [])
        allowedHeaders = Self.list(config.strings("headers"))
        exposedHeaders = Self.list(config.strings("exposed_headers"))
        methods = Self.list(config.strings("methods")) ?? "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT"
        maxAge = config.number("max_age")
        credentials = config.bool("credentials")
        privateNetwork = config.bool("private_network")
        preflightContinue = config.bool("preflight_continue")
    }

    private static func list(_ items: [String]?) -> String? {
        guard let items, !items.isEmpty else { return nil }
        return items.joined(separator: ",")
    }

    public func access(_ context: AccessContext) throws(PluginError) -> Verdict {
        let request = context.request
        guard request.method == "OPTIONS", let origin = request.headers(Self.origin).first,
            request.headers(Self.requestMethod).first != nil
        else { return .next }
        // The answer has every header already, or is the service's own.
        request.state[self] = true
        if preflightContinue { return .next }

        var headers: [(name: String, value: String)] = []
        func add(_ name: HeaderName, _ value: String) { headers.append((name.description, value)) }
        let answer = answer(to: origin)
        if answer.varies { add(Self.vary, "Origin") }
        if let allowed = answer.origin { add(Self.allowOrigin, allowed) }
        if answer.credentials { add(Self.allowCredentials, "true") }
        if let wanted = allowedHeaders ?? request.headers(Self.requestHeaders).first.map({ $0.text }) {
            add("Access-Control-Allow-Headers", wanted)
        }
        add("Access-Control-Allow-Methods", methods)
        if let maxAge { add("Access-Control-Max-Age", maxAge) }
        if privateNetwork, request.headers(Self.requestPrivateNetwork).first?.text == "true" {
            add("Access-Control-Allow-Private-Network", "true")
        }
        return .exit(Response(status: 200, headers: headers))
    }

    public func headerFilter(_ context: ResponseContext) throws(PluginError) {
        let request = context.request
        if request.state[self] != nil { return }
        let answer = answer(to: request.headers(Self.origin).first)
        if answer.varies { request.addResponseHeader(Self.vary, Array("Origin".utf8)) }
        if let allowed = answer.origin {
            context.setHeader(Self.allowOrigin, allowed)
        } else {
            request.removeResponseHeader(Self.allowOrigin)
        }
        if answer.credentials { context.setHeader(Self.allowCredentials, "true") }
        if let exposedHeaders { context.setHeader(Self.exposeHeaders, exposedHeaders) }
    }

    private struct Answer {
        var origin: String?
        var varies: Bool
        var credentials: Bool
    }

    private func answer(to given: [UInt8]?) -> Answer {
        switch origins.decide(given?.text) {
        case .all:
            // `*` and credentials exclude each other: the origin is named instead.
            guard credentials, let given else { return Answer(origin: "*", varies: false, credentials: false) }
            return Answer(origin: given.text, varies: true, credentials: true)
        case .origin(let origin): return Answer(origin: origin, varies: true, credentials: credentials)
        case .none: return Answer(origin: nil, varies: true, credentials: credentials)
        }
    }
}

extension [UInt8] {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
