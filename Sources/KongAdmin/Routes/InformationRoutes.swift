import KongCore

// `/`, `/endpoints`, `/timers`, `/cache` (admin-api 8, 11).

extension AdminAPI {
    func addInformationRoutes(to table: inout RouteTable) {
        table.on("GET", "/", .other("Information about the node, its plugins and its settings.")) { _ in
            .json(200, try await about())
        }
        table.on("GET", "/robots.txt", .other("Keeps robots away.", type: "text/plain"), listed: false) { _ in
            .robots
        }
        table.on("GET", "/timers", .other("Timers of the node.")) { _ in
            let workers = await node.processes()?.workers.count ?? 0
            return .json(
                200,
                [
                    "worker": ["id": 0, "count": .integer(Int64(workers))],
                    "stats": [
                        "flamegraph": ["running": "", "elapsed_time": "", "pending": ""],
                        "timers": .object([:]),
                        "sys": ["total": 0, "runs": 0, "running": 0, "pending": 0, "waiting": 0],
                    ],
                ])
        }
        table.on("DELETE", "/cache", .other("Drops everything that is cached.", status: 204)) { _ in
            await node.purgeCaches()
            return .noContent
        }
        // Nothing here is kept that the store does not hold, so no key is ever found.
        table.on("GET", "/cache/{key}", .other("One cached value.")) { _ in .notFound }
        table.on("DELETE", "/cache/{key}", .other("Drops one cached value.", status: 204)) { _ in .noContent }
    }

    /// The same work however many entities there are: clients ask for it before anything else, often.
    private func about() async throws -> JSONValue {
        let processes = await node.processes()
        var available = JSONObject()
        for name in configuration.enabledPlugins {
            guard let plugin = context.plugins.plugin(name), plugin.available else { continue }
            available[name] = ["version": .string(plugin.version), "priority": .integer(Int64(plugin.priority))]
        }
        // A store that is away must not hide the rest.
        let used = (try? await census.names()) ?? []
        return [
            "tagline": "Welcome to kong", "version": .string(KongVersion.string), "edition": "community",
            "hostname": .string(node.hostname), "node_id": .string(node.id), "lua_version": "none",
            "timers": ["running": 0, "pending": 0],
            "pids": [
                "master": processes.map { .integer(Int64($0.master)) } ?? .null,
                "workers": .array((processes?.workers ?? []).map { .integer(Int64($0)) }),
            ],
            "plugins": [
                "available_on_server": .object(available),
                "enabled_in_cluster": .array(used.map(JSONValue.string)),
            ],
            "configuration": .object(configuration.published),
        ]
    }

    /// Must come last: it lists what the others added.
    func addEndpointsRoute(to table: inout RouteTable) {
        table.on("GET", "/endpoints") { _ in .notFound }
        var listing = table
        listing.finish()
        let body: JSONValue = ["data": .array(listing.templates.map(JSONValue.string))]
        table.on("GET", "/endpoints", .other("Every path of this API.")) { _ in .json(200, body) }
    }
}
