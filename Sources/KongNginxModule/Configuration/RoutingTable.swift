import KongCore
import KongPDK
import KongPlugins
import KongSnapshot
import NginxKit

/// What a worker keeps of the configuration in memory: routes, the services they name, plugin configurations.
/// Brought up to date from the snapshot's change log, in place; a request keeps the objects it started with.
final class RoutingTable {
    let router = Router()
    /// In the `expressions` flavour all routes are here, and none is in `router`.
    let expressions: ExpressionRouter?
    private(set) var plugins: PluginTable
    private var slots = RouteSlots()
    private let names: HostNames
    private let settings: WorkerSettings
    private let secrets: Secrets
    /// Plugins whose configuration names secrets: made anew when vaults change.
    private var pluginsWithReferences: Set<UUIDBytes> = []

    init(settings: WorkerSettings, names: HostNames, secrets: Secrets) {
        self.settings = settings
        self.secrets = secrets
        self.names = names
        plugins = PluginTable(Registry.plugins)
        expressions = settings.routerFlavor == "expressions" ? ExpressionRouter() : nil
    }

    /// Uncounted: whoever keeps it retains it.
    @inline(__always)
    func route(_ number: Int) -> Unmanaged<RouteEntry>? { slots.entry(number) }

    /// An empty one, to be filled while `other` serves.
    init(emptyLike other: RoutingTable) {
        settings = other.settings
        secrets = other.secrets
        names = other.names
        plugins = PluginTable(numberedLike: other.plugins)
        expressions = settings.routerFlavor == "expressions" ? ExpressionRouter() : nil
    }

    /// What is filled in, in this order: what comes later refers to what came before.
    static let entities = ["services", "routes", "plugins"]

    /// One row of an entity that this table, so far without it, holds.
    @Worker
    func fill(_ entity: String, _ id: UUIDBytes, _ row: UnsafeRawBufferPointer, _ view: SnapshotView) {
        switch entity {
        case "services": slots.setService(id, ServiceEntry(id: id, row: row, names: names))
        case "routes": if let row = RouteEntry.Row(id: id, row: row) { put(row) }
        default: updatePlugin(id, view)
        }
    }

    /// Whether all that the changes name can be read: half of them must not be applied.
    static func canApply(_ changes: [SnapshotView.Change], _ view: SnapshotView) -> Bool {
        for change in changes where entities.contains(change.entity) { _ = view.row(change.entity, change.id) }
        return view.isSound
    }

    /// One changed entity, as it is now.
    @Worker
    func apply(_ change: SnapshotView.Change, _ view: SnapshotView) {
        switch change.entity {
        case "routes": updateRoute(change.id, view)
        case "services":
            let row = view.row("services", change.id)
            slots.setService(change.id, row.flatMap { ServiceEntry(id: change.id, row: $0, names: names) })
            for route in slots.routes(ofService: change.id) { updateRoute(route, view) }
        case "plugins": updatePlugin(change.id, view)
        case "vaults": for id in pluginsWithReferences { updatePlugin(id, view) }
        default: break
        }
    }

    private func updateRoute(_ id: UUIDBytes, _ view: SnapshotView) {
        removeRoute(id)
        if let bytes = view.row("routes", id), let row = RouteEntry.Row(id: id, row: bytes) { put(row) }
    }

    private func removeRoute(_ id: UUIDBytes) {
        guard let number = slots.number(ofRoute: id) else { return }
        router.remove(number)
        expressions?.remove(number)
        slots.removeRoute(number)
    }

    private func put(_ row: RouteEntry.Row) {
        guard row.isForHTTP else { return }
        let id = row.definition.id
        if let reason = row.reasonToLeaveOut(flavor: settings.routerFlavor) {
            Log.write(Log.error, "route \(id.string) is left out: \(reason)")
            return
        }
        let number = slots.addRoute(id, service: row.service)
        // The routes of a disabled service are not there.
        guard slots.isServiceEnabled(ofRoute: number) else { return }
        if let problem = add(row, as: number) {
            Log.write(Log.error, "route \(id.string) is left out: \(problem)")
            return
        }
        slots.setEntry(RouteEntry(row, service: slots.service(ofRoute: number)), number)
    }

    /// What keeps a route out of the router.
    private func add(_ row: RouteEntry.Row, as number: Int) -> String? {
        if let expressions {
            do throws(RouteExpressionError) {
                try expressions.add(row.expressionRoute, as: number)
            } catch {
                return "its expression does not compile: \(error.message)"
            }
        } else {
            do throws(Router.Rejection) {
                let definition = row.definition
                for part in settings.isTraditional ? definition.traditional : [definition.compatible] {
                    try router.add(part, as: number)
                }
            } catch {
                router.remove(number)
                return "invalid regex: \(error.reason)"
            }
        }
        return nil
    }

    @Worker
    private func updatePlugin(_ id: UUIDBytes, _ view: SnapshotView) {
        plugins.remove(id)
        pluginsWithReferences.remove(id)
        guard let record = view.record("plugins", id), record["enabled"]?.boolValue ?? true,
            let name = record["name"]?.stringValue, Self.speaksHTTP(record)
        else { return }
        func foreign(_ field: String) -> UUIDBytes? { record[field]?["id"]?.stringValue.flatMap { UUIDBytes($0.utf8) } }
        if record["config"]?.holdsReference == true { pluginsWithReferences.insert(id) }
        let configuration = PluginConfiguration(
            id: id, route: foreign("route"), service: foreign("service"), consumer: foreign("consumer"),
            fields: secrets.dereferenced(record["config"]?.objectValue ?? [:], ofPlugin: name, view))
        let kind = plugins.kind(named: name)
        var made: (any Plugin)?
        if let type = plugins.kinds[kind].type, settings.isEnabled(plugin: name) {
            do throws(PluginError) {
                made = try type.init(configuration)
            } catch {
                Log.write(Log.error, "plugin \(name) (\(id.string)) cannot run: \(error.message)")
            }
        } else {
            Log.write(Log.error, "plugin \(name) (\(id.string)) has no behaviour here: its requests are refused")
        }
        plugins.put(PluginEntry(kind: kind, configuration: configuration, plugin: made))
    }

    private static func speaksHTTP(_ record: JSONObject) -> Bool {
        guard let protocols = record["protocols"]?.arrayValue else { return true }
        return protocols.contains { ["http", "https", "grpc", "grpcs"].contains($0.stringValue ?? "") }
    }

    /// Whether that is known without a look at the chain. False: see there.
    @Worker @inline(__always)
    func hasNoPlugins(_ route: RouteEntry) -> Bool {
        route.chainGeneration == plugins.generation && route.isChainEmpty
    }

    /// The route's plugins, made when they are first asked for after a change.
    @Worker @inline(__always)
    func chain(of route: RouteEntry) -> PluginChain {
        if let chain = route.chain, route.chainGeneration == plugins.generation { return chain }
        let chain = plugins.chain(route: route.id, service: route.service?.id)
        route.chain = chain
        route.isChainEmpty = chain.slots.isEmpty
        route.chainGeneration = plugins.generation
        return chain
    }
}
