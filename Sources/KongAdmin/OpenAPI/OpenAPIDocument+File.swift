import KongCore
import KongStore
import Logging

extension OpenAPIDocument {
    /// The document as it stands in `docs/openapi.json`: of a node with a database.
    /// - Throws: when no store can be made in memory.
    public static func file(plugins: any PluginCatalogue) throws -> String {
        let names = plugins.all.map(\.name)
        let context = SchemaContext(plugins: plugins, enabledPlugins: Set(names), now: { 0 })
        let store = EntityStore(backend: try SQLiteBackend.inMemory(), context: context, sink: nil)
        defer { store.stop() }
        var configuration = AdminConfiguration()
        configuration.enabledPlugins = names
        let api = AdminAPI(
            store: store, configuration: configuration, node: AbsentNode(), logger: Logger(label: "openapi"))
        var text = ""
        api.openAPI(of: api.routes()).json.indent(into: &text, by: 0)
        return text + "\n"
    }
}

extension JSONValue {
    /// Indented by two spaces, keys sorted; what fits into a line stays in one.
    fileprivate func indent(into text: inout String, by depth: Int) {
        let short = jsonText
        let inner = String(repeating: " ", count: depth + 2), outer = String(repeating: " ", count: depth)
        if short.utf8.count + depth <= 100 {
            text += short
            return
        }
        switch self {
        case .object(let members):
            text += "{\n"
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                text += (index == 0 ? "" : ",\n") + inner + JSONValue.string(member.key).jsonText + ": "
                member.value.indent(into: &text, by: depth + 2)
            }
            text += "\n\(outer)}"
        case .array(let elements):
            text += "[\n"
            for (index, element) in elements.enumerated() {
                text += (index == 0 ? "" : ",\n") + inner
                element.indent(into: &text, by: depth + 2)
            }
            text += "\n\(outer)]"
        default: text += short
        }
    }
}

/// Stands where no node runs.
private struct AbsentNode: NodeInformation {
    let id = ""
    let hostname = ""
    func processes() async -> NodeProcesses? { nil }
    func counters() async -> NodeCounters { NodeCounters() }
    func logLevel() async -> String { "notice" }
    func setLogLevel(_ level: String, timeout: Int) async throws {}
    func readiness() async -> NodeReadiness { .ready }
    func drain() async {}
    func health(ofUpstream id: String) async -> UpstreamHealth? { nil }
    func setHealth(
        ofUpstream id: String, _ target: TargetEndpoint, address: String?, healthy: Bool
    ) async throws(HealthChange) { throw .noChecker }
    func metrics() async -> [UInt8] { [] }
    func purgeCaches() async {}
    func purgeProxyCache(key: String?, plugin: String?) async -> Bool { false }
    func proxyCacheEntry(key: String, plugin: String?) async -> JSONValue? { nil }
}
