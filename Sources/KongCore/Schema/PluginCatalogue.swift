/// Which plugins exist. Passed in, so that this module knows none.
public protocol PluginCatalogue: Sendable {
    func plugin(_ name: String) -> PluginDescription?
    var all: [PluginDescription] { get }
}

/// What the gateway must know of a plugin before it runs it.
public struct PluginDescription: Sendable {
    public var name: String
    /// Higher runs first.
    public var priority: Int
    public var version: String
    public var phases: [String]
    public var config: RecordSchema
    /// Rules over the whole plugin entity; paths start with `config.`.
    public var entityChecks: [EntityCheck]
    /// A rule over the whole `config` record.
    public var configValidator: FieldValidator?
    public var protocolsAllowed: [String]
    public var protocolsDefault: [String]
    public var noConsumer: Bool
    public var noService: Bool
    public var noRoute: Bool
    /// Whether its behaviour is implemented; one that is not is refused, so that traffic never passes unprotected.
    public var available: Bool

    public init(
        name: String, priority: Int, version: String = KongVersion.string, phases: [String], config: RecordSchema,
        entityChecks: [EntityCheck] = [], configValidator: FieldValidator? = nil,
        protocolsAllowed: [String], protocolsDefault: [String], noConsumer: Bool = false, noService: Bool = false,
        noRoute: Bool = false, available: Bool = false
    ) {
        self.name = name
        self.priority = priority
        self.version = version
        self.phases = phases
        self.config = config
        self.entityChecks = entityChecks
        self.configValidator = configValidator
        self.protocolsAllowed = protocolsAllowed
        self.protocolsDefault = protocolsDefault
        self.noConsumer = noConsumer
        self.noService = noService
        self.noRoute = noRoute
        self.available = available
    }
}
