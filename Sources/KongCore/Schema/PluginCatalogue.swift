/// Which plugins exist. Passed in, so that this module knows none.
public protocol PluginCatalogue: Sendable {
    func plugin(_ name: String) -> PluginDescription?
    var all: [PluginDescription] { get }
}

/// What the gateway must know of a plugin before it runs it.
public struct PluginDescription: Sendable {
    public let name: String
    /// Higher runs first.
    public let priority: Int
    public let version: String
    public let phases: [String]
    public let config: RecordSchema
    /// Rules over the whole plugin entity; paths start with `config.`.
    public let entityChecks: [EntityCheck]
    /// A rule over the whole `config` record.
    public let configValidator: FieldValidator?
    public let protocolsAllowed: [String]
    public let protocolsDefault: [String]
    public let noConsumer: Bool
    public let noService: Bool
    public let noRoute: Bool
    /// Whether its behaviour is implemented; one that is not is refused, so that traffic never passes unprotected.
    public var available: Bool
    /// What the plugin makes of the fields of the plugins entity.
    public let subschema: Subschema

    public init(
        name: String, priority: Int, version: String = KongVersion.string, phases: [String], config: RecordSchema,
        entityChecks: [EntityCheck] = [], configValidator: FieldValidator? = nil,
        protocolsAllowed: [String] = Protocols.http, protocolsDefault: [String] = Protocols.http,
        noConsumer: Bool = false, noService: Bool = false, noRoute: Bool = false, available: Bool = false
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

        var fields: [FieldSchema] = []
        let scopes = [
            ("consumer", "consumers", noConsumer), ("route", "routes", noRoute), ("service", "services", noService),
        ]
        for (name, entity, isForbidden) in scopes where isForbidden {
            fields.append(.field(name, .foreign(entity), flags: .mustBeNull))
        }
        fields.append(.protocols(allowed: protocolsAllowed, default: protocolsDefault))
        fields.append(
            FieldSchema(
                name: "config", type: .record(config), required: true,
                checks: configValidator.map { [.custom($0)] } ?? []))
        subschema = Subschema(fields: fields, checks: entityChecks)
    }
}
