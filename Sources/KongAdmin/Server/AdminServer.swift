import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import HummingbirdTLS
import KongCore
import KongStore
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

    /// What answers on some listeners: the Admin API or the Status API.
    struct Site: Sendable {
        var responder: AdminResponder
        var listeners: [AdminListener]
    }

    private let sites: [Site]
    private let logger: Logger
    private let onReady: Ready

    init(sites: [Site], logger: Logger, onReady: @escaping Ready = { _, _ in }) {
        self.sites = sites
        self.logger = logger
        self.onReady = onReady
    }

    /// The Admin API on `admin_listen` and the Status API on `status_listen`.
    /// - Parameters:
    ///   - loader: what loaded the configuration of a node without a database.
    ///   - onReady: told once for each listener that accepts connections.
    public init(
        settings: Settings, store: EntityStore, loader: DeclarativeLoader? = nil, plugins: any PluginCatalogue,
        node: any NodeInformation, logger: Logger, onReady: @escaping Ready = { _, _ in }
    ) {
        let enabled = plugins.all.map(\.name).filter(store.context.enabledPlugins.contains)
        let configuration = AdminConfiguration(settings, plugins: enabled)
        let api = AdminAPI(
            store: store, loader: loader, configuration: configuration, node: node, logger: logger)
        var status = AdminResponder(routes: api.statusRoutes(), configuration: configuration, logger: logger)
        status.allowsCredentials = false
        self.init(
            sites: [
                Site(
                    responder: AdminResponder(routes: api.routes(), configuration: configuration, logger: logger),
                    listeners: AdminListener.all("admin_listen", of: settings)),
                Site(responder: status, listeners: AdminListener.all("status_listen", of: settings)),
            ], logger: logger, onReady: onReady)
    }

    /// Serves until a graceful shutdown or cancellation; requests in flight are finished first.
    /// - Throws: when a listener cannot be bound or its certificate cannot be read.
    public func run() async throws {
        let applications = try sites.flatMap { site in
            try site.listeners.map { try application(for: $0, responder: site.responder) }
        }
        guard !applications.isEmpty else {
            // Nothing to serve, and yet the service must live as long as its group.
            try? await gracefulShutdown()
            return
        }
        let group = ServiceGroup(configuration: .init(services: applications, logger: logger))
        try await group.run()
    }

    func application(
        for listener: AdminListener, responder: AdminResponder
    ) throws -> Application<AdminResponder> {
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
