import KongCore

enum PreFunctionSchema {
    static let description = PluginDescription(
        name: "pre-function", priority: 1_000_000, phases: SharedRecords.functionPhases,
        config: SharedRecords.functions, entityChecks: SharedRecords.functionChecks, protocolsAllowed: Protocols.all,
        noConsumer: true)
}
