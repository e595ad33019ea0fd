import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import HummingbirdTLS
import KongCore
import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP servers of the admin process: one per listener, all on one table of routes.
public struct AdminServer: Service {
    /// Told once for each listener that accepts connections, with its port where it has one.
    public typealias Ready = @Sendable (AdminListener, Int?) async -> Void

    /// A connection that sends nothing for so long is closed: nginx's `client_header_timeout` and
    /// `client_body_timeout`.
    static let idleTimeout = TimeAmount.seconds(60)

    private let responder: AdminResponder
    private let listeners: [AdminListener]
    private let logger: Logger
    private let onReady: Ready

    public init(
        responder: AdminResponder, listeners: [AdminListener], logger: Logger,
        onReady: @escaping Ready = { _, _ in }
    ) {
        self.responder = responder
        self.listeners = listeners
        self.logger = logger
        self.onReady = onReady
    }

    /// Serves until a graceful shutdown or cancellation; requests in flight are finished first.
    /// - Throws: when a listener cannot be bound or its certificate cannot be read.
    public func run() async throws {
        let applications = try listeners.map(application)
        guard !applications.isEmpty else {
            // Nothing to serve, and yet the service must live as long as its group.
            try? await gracefulShutdown()
            return
        }
        let group = ServiceGroup(configuration: .init(services: applications, logger: logger))
        try await group.run()
    }

    func application(for listener: AdminListener) throws -> Application<AdminResponder> {
        let limit = responder.configuration.bodyLimitBytes
        let http1 = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(bodyLimitBytes: limit)],
            idleTimeout: Self.idleTimeout,
            // Beyond the responder's own limit, so that most of what is too large is still answered by it.
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 256 << 10, maxHeaderListSize: 256 << 10, maxHeaderFieldCount: 1000)
        )
        var server = HTTPServerBuilder.http1(configuration: http1)
        if let tls = listener.tls {
            let configuration = try tls.configuration()
            server =
                listener.http2
                ? try .http2Upgrade(
                    tlsConfiguration: configuration,
                    configuration: .init(idleTimeout: .seconds(60), streamConfiguration: http1))
                : try .tls(server, tlsConfiguration: configuration)
        }
        let onReady = onReady
        return Application(
            responder: responder, server: server,
            configuration: .init(address: listener.bindAddress, backlog: listener.backlog),
            onServerRunning: { await onReady(listener, $0.localAddress?.port) },
            logger: logger
        )
    }
}
