import HTTPTypes
import KongCore
import KongStore
import Logging
import Synchronization

@testable import KongAdmin

/// The Admin API over an empty store in memory, without a socket.
final class AdminFixture: Sendable {
    let store: EntityStore
    let api: AdminAPI
    let routes: RouteTable
    let node = FakeNode()
    private let logger = Logger(label: "test")

    /// - Parameter database: `off` refuses writes.
    init(database: String = "sqlite", change: (inout AdminConfiguration) -> Void = { _ in }) async throws {
        let context = SchemaContext(
            plugins: FakePlugins(), enabledPlugins: ["key-auth", "tcp-only"], database: database,
            now: { 1_700_000_000.25 })
        let backend = try SQLiteBackend.inMemory(acceptsWrites: database != "off")
        store = EntityStore(backend: backend, context: context, sink: nil)
        try await store.start()
        var configuration = AdminConfiguration()
        configuration.database = database
        configuration.enabledPlugins = ["key-auth", "tcp-only"]
        change(&configuration)
        api = AdminAPI(store: store, configuration: configuration, node: node, logger: logger)
        routes = api.routes()
    }

    deinit { store.stop() }

    func send(_ method: String, _ target: String, _ headers: HTTPFields = [:], body: [UInt8] = []) async -> Answer {
        await Answer(
            routes.reply(
                to: AdminRequest(method: method, target: target, headers: headers, body: body), logger: logger))
    }

    func send(_ method: String, _ target: String, json: JSONValue) async -> Answer {
        await send(method, target, [.contentType: "application/json"], body: json.serialized())
    }

    func send(_ method: String, _ target: String, form: String) async -> Answer {
        await send(method, target, [.contentType: "application/x-www-form-urlencoded"], body: Array(form.utf8))
    }
}

struct Answer {
    var status: Int
    var text: String
    var json: JSONValue?

    init(_ reply: AdminReply) {
        status = reply.status
        text = String(decoding: reply.body, as: UTF8.self)
        json = try? JSONValue(parsing: reply.body)
    }

    subscript(_ key: String) -> JSONValue? { json?[key] }
    var id: String { json?["id"]?.stringValue ?? "" }
    var data: [JSONValue] { json?["data"]?.arrayValue ?? [] }
}

/// Two plugins that exist here only.
struct FakePlugins: PluginCatalogue {
    var all: [PluginDescription] {
        [
            PluginDescription(
                name: "key-auth", priority: 1250, phases: ["access"],
                config: RecordSchema([FieldSchema(name: "realm", type: .string)]),
                protocolsAllowed: ["http", "https"], protocolsDefault: ["http", "https"], available: true),
            PluginDescription(
                name: "tcp-only", priority: 1, phases: ["preread"], config: RecordSchema([]),
                protocolsAllowed: ["tcp"], protocolsDefault: ["tcp"], noConsumer: true, available: true),
        ]
    }

    func plugin(_ name: String) -> PluginDescription? { all.first { $0.name == name } }
}

/// A node whose nginx is one worker that never fails.
final class FakeNode: NodeInformation {
    let id = "2b8f5a0e-8a0b-4a53-9d5b-0a0c7c1a2b3c"
    let hostname = "host.test"
    private let level = Mutex("notice")
    private let draining = Mutex(false)

    private let marks = HealthMarks()
    func processes() async -> NodeProcesses? { NodeProcesses(master: 10, workers: [11, 12]) }
    func counters() async -> NodeCounters {
        var counters = NodeCounters()
        counters.active = 3
        counters.workerBytes = [(pid: 11, bytes: 49_083_843)]
        counters.zones = [.init(name: "kong", usedBytes: 40960, capacityBytes: 5 << 20)]
        return counters
    }
    func logLevel() async -> String { level.withLock { $0 } }
    func setLogLevel(_ new: String, timeout: Int) async throws { level.withLock { $0 = new } }
    func readiness() async -> NodeReadiness { draining.withLock { $0 } ? .notReady("draining") : .ready }
    func drain() async { draining.withLock { $0 = true } }
    func health(ofUpstream id: String) async -> UpstreamHealth? { marks.health(ofUpstream: id) }
    func setHealth(
        ofUpstream id: String, _ target: TargetEndpoint, address: String?, healthy: Bool
    ) async throws(HealthChange) { try marks.set(ofUpstream: id, target, address: address, healthy: healthy) }
    func metrics() async -> [UInt8] { Array("# metrics\n".utf8) }
    func purgeCaches() async {}
    func purgeProxyCache(key: String?, plugin: String?) async -> Bool { key == nil }
    func proxyCacheEntry(key: String, plugin: String?) async -> JSONValue? { nil }
}
