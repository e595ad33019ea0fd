import KongCore
import KongStore
import Synchronization

/// Stored plugins that this node cannot run: of a database that a Kong with other plugins filled, or of a shorter list
/// in `plugins`. The workers refuse the requests that they cover; an operator has to learn why before users do.
enum PluginsWithoutBehaviour {
    static func warnings(_ store: EntityStore) async -> [String] {
        let counts = Mutex<[String: Int]>([:])
        // A store that is away is reported as such; the workers say the same for each plugin.
        try? await store.forEach("plugins") { plugin in
            guard plugin["enabled"]?.boolValue != false, let name = plugin["name"]?.stringValue else { return }
            counts.withLock { $0[name, default: 0] += 1 }
        }
        let context = store.context
        return counts.withLock { $0 }.sorted { $0.key < $1.key }.compactMap { name, count in
            let description = context.plugins.plugin(name)
            let isAvailable = description?.available == true
            if isAvailable, context.enabledPlugins.contains(name) { return nil }
            let reason = isAvailable ? "is not listed in plugins" : "has no behaviour here"
            let way = description == nil ? "DELETE /plugins/{id}" : "PATCH /plugins/{id} with enabled=false"
            return "plugin '\(name)' is configured (\(count)x) and \(reason): requests that it covers are refused with"
                + " 500; \(way) lets them pass without it"
        }
    }
}
