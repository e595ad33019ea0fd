import KongCore

/// What Kong's own nodes on the same database have to be told about a change: cache keys to forget,
/// routers and balancers to build anew.
struct ClusterEvents: Sendable {
    var nodeID: String
    var propagationSeconds: Double

    struct Event: Sendable, Hashable {
        var channel: String
        var data: String
    }

    private static let cache = "invalidations"
    private static let coreCache = "invalidations_kong_core_db_cache"
    /// The entities that Kong keeps in its core cache.
    private static let core: Set = [
        "certificates", "ca_certificates", "snis", "services", "routes", "upstreams", "targets", "plugins", "vaults",
        "keys", "key_sets",
    ]

    /// Each event once, in the order of the changes.
    func events(for changes: [EntityChange], workspace: String, layout: Layout) -> [Event] {
        var seen = Set<Event>()
        return changes.flatMap { events(for: $0, workspace, layout) }.filter { seen.insert($0).inserted }
    }

    private func events(for change: EntityChange, _ workspace: String, _ layout: Layout) -> [Event] {
        guard let table = layout.find(change.entity) else { return [] }
        var records: [JSONObject] = change.old.map { [$0] } ?? []
        if case .upsert(let fields) = change.operation { records.append(fields) }
        let channel = Self.core.contains(change.entity) ? Self.coreCache : Self.cache
        var events: [Event] = []
        for record in records {
            for key in Self.keys(table, record, change.id, workspace) {
                events.append(Event(channel: channel, data: key))
            }
        }
        return events + special(change, records, workspace)
    }

    private func special(_ change: EntityChange, _ records: [JSONObject], _ workspace: String) -> [Event] {
        let operation: String
        if case .delete = change.operation {
            operation = "delete"
        } else {
            operation = change.old == nil ? "create" : "update"
        }
        let record = records.last ?? [:]
        switch change.entity {
        case "routes": return [Event(channel: Self.coreCache, data: "router:version")]
        case "services" where change.old != nil: return [Event(channel: Self.coreCache, data: "router:version")]
        case "plugins": return [Event(channel: Self.coreCache, data: "plugins_iterator:version")]
        case "snis":
            return records.compactMap { $0["name"]?.stringValue }.map {
                Event(channel: Self.coreCache, data: "snis:\($0)")
            }
        case "certificates": return [Event(channel: Self.coreCache, data: "certificates:\(change.id)")]
        case "targets":
            guard let upstream = record.reference("upstream") else { return [] }
            return [Event(channel: "balancer:targets", data: "\(operation):\(upstream)")]
        case "upstreams":
            let name = record["name"]?.stringValue ?? ""
            return [Event(channel: "balancer:upstreams", data: "\(operation):\(workspace):\(change.id):\(name)")]
        case "consumers":
            return records.compactMap { $0["username"]?.stringValue }.map {
                Event(channel: Self.cache, data: "consumers:\($0):::::\(workspace)")
            }
        default: return []
        }
    }

    /// Kong's cache keys of an entity: by its id, and by the fields it is looked up by.
    private static func keys(_ table: Table, _ record: JSONObject, _ id: String, _ workspace: String) -> [String] {
        let space = table.schema.workspaceable ? workspace : ""
        var keys = ["\(table.entity):\(id):::::\(space)"]
        if table.hasCacheKey {
            if let key = table.cacheKey(record, workspace: workspace) { keys.append(key) }
        } else if let field = table.schema.cacheKey.first, let value = record[field]?.stringValue {
            keys.append("\(table.entity):\(value):::::\(space)")
        }
        return keys
    }
}
