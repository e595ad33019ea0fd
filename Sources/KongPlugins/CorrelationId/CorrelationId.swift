import Glibc
import KongCore
import KongPDK

/// Gives every request an identifier that the service, and on demand the client, sees.
///
/// Source: Kong's `kong/plugins/correlation-id/handler.lua`.
public final class CorrelationId: AccessPhase, HeaderFilterPhase {
    public static let name = "correlation-id"
    public static let priority = 100001

    private enum Generator {
        case uuid
        case counter
        case tracker
    }

    private let header: HeaderName
    private let generator: Generator
    private let echo: Bool

    /// One counter for all configurations of a worker, as in Kong.
    @Worker private static var counter: UInt64 = 0
    private static let workerID = RandomText.uuid()

    public init(_ config: PluginConfiguration) throws(PluginError) {
        header = HeaderName(config.string("header_name") ?? "Kong-Request-ID")
        echo = config.bool("echo_downstream")
        generator =
            switch config.string("generator") {
            case "uuid": .uuid
            case "tracker": .tracker
            default: .counter
            }
    }

    public func access(_ context: AccessContext) throws(PluginError) -> Verdict {
        let request = context.request
        let id: [UInt8]
        if let given = request.headers(header).first, !given.isEmpty {
            id = given
        } else {
            id = make(request)
            request.setHeader(header, id)
        }
        if echo { request.state[self] = id }
        return .next
    }

    public func headerFilter(_ context: ResponseContext) throws(PluginError) {
        guard echo else { return }
        let request = context.request
        // Access did not run for a request that ended before it.
        let id = request.state[self] as? [UInt8] ?? request.headers(header).first { !$0.isEmpty } ?? make(request)
        request.setResponseHeader(header, id)
    }

    @Worker
    private func make(_ request: any RequestBackend) -> [UInt8] {
        switch generator {
        case .uuid: return Array(RandomText.uuid().utf8)
        case .counter:
            Self.counter &+= 1
            return Array("\(Self.workerID)#\(Self.counter)".utf8)
        case .tracker:
            let facts = request.connection
            let milliseconds = Int(request.now * 1000)
            let fraction = String(milliseconds % 1000 + 1000).dropFirst()
            return Array(
                ("\(facts.serverAddress)-\(facts.serverPort)-\(getpid())-\(facts.number)-\(facts.requests)-"
                    + "\(milliseconds / 1000).\(fraction)").utf8)
        }
    }
}
