import KongCore

enum PostFunctionSchema {
    static let description = PluginDescription(
        name: "post-function", priority: -1000, phases: SharedRecords.functionPhases,
        config: SharedRecords.functions, entityChecks: SharedRecords.functionChecks, protocolsAllowed: Protocols.all,
        noConsumer: true)
}
