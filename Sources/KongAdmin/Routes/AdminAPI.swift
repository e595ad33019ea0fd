import KongCore
import KongStore
import Logging

/// Everything the endpoints stand on. Each group of endpoints is an extension in its own file.
public struct AdminAPI: Sendable {
    let store: EntityStore
    let entities: [EntitySchema]
    let context: SchemaContext
    let configuration: AdminConfiguration
    let node: any NodeInformation
    let logger: Logger
    let census: PluginCensus
    let loader: DeclarativeLoader
    private let byName: [String: EntitySchema]

    public init(
        store: EntityStore, loader: DeclarativeLoader? = nil, entities: [EntitySchema] = Entities.all,
        configuration: AdminConfiguration, node: any NodeInformation, logger: Logger
    ) {
        self.store = store
        self.census = PluginCensus(store: store)
        self.loader = loader ?? DeclarativeLoader(store: store)
        let entities = entities.map { $0.flavored(store.context.routerFlavor) }
        self.entities = entities
        self.context = store.context
        self.configuration = configuration
        self.node = node
        self.logger = logger
        self.byName = Dictionary(entities.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func entity(_ name: String) -> EntitySchema? { byName[name] }

    /// The routes of the Admin API.
    public func routes() -> RouteTable {
        var table = RouteTable()
        addEntityRoutes(to: &table)
        addEntityRules(to: &table)
        addInformationRoutes(to: &table)
        addStatusRoutes(to: &table)
        addSchemaRoutes(to: &table)
        addNodeRoutes(to: &table)
        addClusteringRoutes(to: &table)
        addHealthRoutes(to: &table)
        addConfigRoutes(to: &table)
        addPluginRoutes(to: &table)
        addEndpointsRoute(to: &table)
        addOpenAPIRoute(to: &table)
        table.finish()
        return table
    }
}

/// The answer to paths that exist only in another mode.
extension AdminAPI {
    static let controlPlaneOnly = AdminReply.message(
        400,
        "this endpoint is only available when Kong is configured to run as Control Plane for the cluster")
    static let declarativeOnly = AdminReply.message(
        400, "this endpoint is only available when Kong is configured to not use a database")
    static let wasmOnly = AdminReply.message(400, "this endpoint is only available when wasm is enabled")
}
