import KongCore
import KongStore
import Synchronization

/// Which plugins are configured, counted again only after a write that may have changed it: `GET /` is asked for
/// all the time.
final class PluginCensus: Sendable {
    private struct State {
        var names: [String]?
        /// Goes up with every write, so that a count begun before one is not kept after it.
        var generation = 0
        var countedAt = 0.0
    }

    /// How long other nodes' writes to a shared database may go unseen, in seconds.
    private static let lifetime = 5.0
    private static let influential: Set<String> = ["plugins", "services", "routes", "consumers"]

    private let store: EntityStore
    private let state = Mutex(State())

    init(store: EntityStore) { self.store = store }

    func names() async throws -> [String] {
        let now = store.context.now()
        let (kept, generation) = state.withLock { state in
            (now - state.countedAt < Self.lifetime ? state.names : nil, state.generation)
        }
        if let kept { return kept }
        let names = try await store.values(of: "name", in: "plugins").sorted()
        state.withLock { state in
            guard state.generation == generation else { return }
            state.names = names
            state.countedAt = now
        }
        return names
    }

    /// To be told of every write.
    func changed(_ entity: String) {
        guard Self.influential.contains(entity) else { return }
        state.withLock { state in
            state.names = nil
            state.generation &+= 1
        }
    }
}

extension EntityStore {
    /// Whether the database answers.
    var isReachable: Bool {
        get async { (try? await select("workspaces", id: workspace)) != nil }
    }
}
