import KongCore
import KongPDK
import KongPlugins

/// One configuration of one plugin, made ready.
final class PluginEntry {
    let id: UUIDBytes
    let kind: Int
    let route: UUIDBytes?
    let service: UUIDBytes?
    let consumer: UUIDBytes?
    /// Nil when the configuration could not be made to work: its requests are answered with 500.
    let plugin: (any Plugin)?
    let access: (any AccessPhase)?
    let asyncAccess: (any AsyncAccessPhase)?
    /// Told without touching the plugin itself: every request asks.
    let isReady: Bool
    let isAsync: Bool
    let rewrite: (any RewritePhase)?
    let headerFilter: (any HeaderFilterPhase)?
    let bodyFilter: (any BodyFilterPhase)?
    let log: (any LogPhase)?

    init(kind: Int, configuration: PluginConfiguration, plugin: (any Plugin)?) {
        id = configuration.id
        self.kind = kind
        route = configuration.route
        service = configuration.service
        consumer = configuration.consumer
        self.plugin = plugin
        access = plugin as? any AccessPhase
        asyncAccess = plugin as? any AsyncAccessPhase
        isReady = plugin != nil
        isAsync = asyncAccess != nil
        rewrite = plugin as? any RewritePhase
        headerFilter = plugin as? any HeaderFilterPhase
        bodyFilter = plugin as? any BodyFilterPhase
        log = plugin as? any LogPhase
    }
}

/// The plugins of one route and service, in priority order.
final class PluginChain {
    struct Slot {
        let kind: Int
        /// What applies while no consumer is known; nil: nothing.
        let entry: PluginEntry?
        /// Some configuration of this plugin names a consumer: look again once one is known.
        let byConsumer: Bool
    }

    let slots: ContiguousArray<Slot>
    /// Whether some plugin of the chain does anything after access.
    let hasLatePhases: Bool

    init(_ slots: [Slot], hasLatePhases: Bool = false) {
        self.slots = ContiguousArray(slots)
        self.hasLatePhases = hasLatePhases
    }
    @Worker static let none = PluginChain([])
}

/// Every plugin configuration, by what it is attached to.
struct PluginTable {
    private struct Key: Hashable {
        var kind: Int
        var route: UUIDBytes?
        var service: UUIDBytes?
        var consumer: UUIDBytes?
    }

    struct Kind {
        var name: String
        /// Nil for a plugin without behaviour here: it must not let traffic pass as if it were not there.
        var type: (any Plugin.Type)?
        var hasRewrite: Bool

        init(name: String, type: (any Plugin.Type)?) {
            self.name = name
            self.type = type
            hasRewrite = type is any RewritePhase.Type
        }
    }

    /// Highest priority first, strangers last; a kind is an index into it.
    private(set) var kinds: [Kind]
    private var entries: [Key: PluginEntry] = [:]
    private var keys: [UUIDBytes: Key] = [:]
    private var counts: [Int]
    private var consumerCounts: [Int]
    /// Moves with every change; chains made before it are made anew.
    private(set) var generation: UInt64 = 1

    init(_ kinds: [any Plugin.Type]) {
        self.kinds = kinds.sorted { ($0.priority, $0.name) > ($1.priority, $1.name) }
            .map { Kind(name: $0.name, type: $0) }
        counts = Array(repeating: 0, count: kinds.count)
        consumerCounts = counts
    }

    /// An empty one that numbers its kinds as `other` does: requests under way hold such numbers.
    init(numberedLike other: PluginTable) {
        kinds = other.kinds
        counts = Array(repeating: 0, count: kinds.count)
        consumerCounts = counts
    }

    var isEmpty: Bool { entries.isEmpty }
    /// Over kinds, not entries: it is asked after every change.
    var hasRewrite: Bool { kinds.indices.contains { counts[$0] > 0 && kinds[$0].hasRewrite } }

    mutating func kind(named name: String) -> Int {
        if let known = kinds.firstIndex(where: { $0.name == name }) { return known }
        kinds.append(Kind(name: name, type: nil))
        counts.append(0)
        consumerCounts.append(0)
        return kinds.count - 1
    }

    mutating func put(_ entry: PluginEntry) {
        remove(entry.id)
        let key = Key(kind: entry.kind, route: entry.route, service: entry.service, consumer: entry.consumer)
        entries[key] = entry
        keys[entry.id] = key
        counts[entry.kind] += 1
        if entry.consumer != nil { consumerCounts[entry.kind] += 1 }
        generation += 1
    }

    mutating func remove(_ id: UUIDBytes) {
        guard let key = keys.removeValue(forKey: id) else { return }
        // The same place may have been taken over by another id since.
        if entries[key]?.id == id { entries[key] = nil }
        counts[key.kind] -= 1
        if key.consumer != nil { consumerCounts[key.kind] -= 1 }
        generation += 1
    }

    /// Kong's precedence; the first that exists:
    /// route+service+consumer, route+consumer, service+consumer, route+service, consumer, route, service, global.
    func find(_ kind: Int, route: UUIDBytes?, service: UUIDBytes?, consumer: UUIDBytes?) -> PluginEntry? {
        func at(_ r: UUIDBytes?, _ s: UUIDBytes?, _ c: UUIDBytes?) -> PluginEntry? {
            entries[Key(kind: kind, route: r, service: s, consumer: c)]
        }
        if let consumer {
            if let route, let service, let found = at(route, service, consumer) { return found }
            if let route, let found = at(route, nil, consumer) { return found }
            if let service, let found = at(nil, service, consumer) { return found }
        }
        if let route, let service, let found = at(route, service, nil) { return found }
        if let consumer, let found = at(nil, nil, consumer) { return found }
        if let route, let found = at(route, nil, nil) { return found }
        if let service, let found = at(nil, service, nil) { return found }
        return at(nil, nil, nil)
    }

    @Worker
    func chain(route: UUIDBytes?, service: UUIDBytes?) -> PluginChain {
        var slots: [PluginChain.Slot] = []
        for kind in kinds.indices where counts[kind] > 0 {
            let entry = find(kind, route: route, service: service, consumer: nil)
            let byConsumer = consumerCounts[kind] > 0
            if entry != nil || byConsumer { slots.append(.init(kind: kind, entry: entry, byConsumer: byConsumer)) }
        }
        let late = slots.contains { slot in
            guard let type = kinds[slot.kind].type else { return false }
            return type is any HeaderFilterPhase.Type || type is any BodyFilterPhase.Type || type is any LogPhase.Type
        }
        return slots.isEmpty ? .none : PluginChain(slots, hasLatePhases: late)
    }
}
