import Foundation
import KongAdmin
import KongCore
import KongPlugins

/// The surroundings in which this node validates entities.
enum NodeContext {
    static let catalogue = BundledPlugins()

    static func schema(_ settings: Settings) throws -> SchemaContext {
        SchemaContext(
            plugins: catalogue, enabledPlugins: try enabledPlugins(settings), routerFlavor: settings.routerFlavor,
            database: settings.database, role: settings.role, now: { Date().timeIntervalSince1970 },
            certificates: OpenSSLInspector())
    }

    /// Kong's words for a name that is no plugin.
    private static func enabledPlugins(_ settings: Settings) throws -> Set<String> {
        let enabled = settings.loadedPlugins(bundled: catalogue.all.map(\.name))
        for name in enabled.sorted() where catalogue.plugin(name) == nil {
            let nearest = NearestName.find(name, in: catalogue.all.map(\.name))
            throw CommandError(
                "error loading plugin schemas: on plugin '\(name)': \(name) plugin is enabled but not installed;\n"
                    + "no plugin found" + (nearest.map { ", did you mean '\($0)'?" } ?? ""))
        }
        return enabled
    }
}
