import KongCore

// `/status` on both servers, and the rest of the Status API (admin-api 8 and 15).

extension AdminAPI {
    func addStatusRoutes(to table: inout RouteTable) {
        table.on("GET", "/status", .other("Connections, memory and database of the node.", query: ["unit", "scale"])) {
            request in .json(200, try await status(request))
        }
        table.on("GET", "/status/dns", .other("Statistics of the DNS client.", status: 501)) { _ in
            .message(501, "not implemented with the legacy DNS client")
        }
        table.on("GET", "/metrics", .other("Metrics in Prometheus' text format.", type: "text/plain; charset=UTF-8")) {
            _ in
            AdminReply(status: 200, contentType: "text/plain; charset=UTF-8", body: await node.metrics())
        }
    }

    /// The routes of the Status API.
    public func statusRoutes() -> RouteTable {
        var table = RouteTable()
        addStatusRoutes(to: &table)
        table.on("GET", "/robots.txt", listed: false) { _ in .robots }
        table.on("GET", "/status/ready") { _ in
            switch await readiness() {
            case .ready: .message(200, "ready")
            case .notReady(let reason): .message(503, reason)
            }
        }
        table.on("POST", "/status/ready") { request in
            guard try request.arguments().object["status"] == "draining" else {
                return .message(400, "invalid status")
            }
            await node.drain()
            return .noContent
        }
        if configuration.isDeclarative || configuration.role == .dataPlane {
            addHealthReads(to: &table)
        }
        table.finish()
        return table
    }

    private func readiness() async -> NodeReadiness {
        if !configuration.isDeclarative, !(await store.isReachable) {
            return .notReady("failed to connect to database")
        }
        if configuration.isDeclarative, loader.hash == DeclarativeLoader.emptyHash {
            return .notReady("no configuration available (empty configuration present)")
        }
        // A control plane has no workers to wait for.
        return configuration.role == .controlPlane ? .ready : await node.readiness()
    }

    private func status(_ request: AdminRequest) async throws -> JSONValue {
        let format = try SizeFormat(unit: request.query["unit"], scale: request.query["scale"])
        let counters = await node.counters()
        var zones = JSONObject()
        for zone in counters.zones {
            zones[zone.name] = [
                "allocated_slabs": format.text(zone.usedBytes), "capacity": format.text(zone.capacityBytes),
            ]
        }
        var body: JSONObject = [
            "memory": [
                "workers_lua_vms": .array(
                    counters.workerBytes.map {
                        ["pid": .integer(Int64($0.pid)), "http_allocated_gc": format.text($0.bytes)]
                    }),
                "lua_shared_dicts": .object(zones),
            ],
            "server": .object(
                [
                    "connections_accepted": counters.accepted, "connections_handled": counters.handled,
                    "connections_active": counters.active, "connections_reading": counters.reading,
                    "connections_writing": counters.writing, "connections_waiting": counters.waiting,
                    "total_requests": counters.requests,
                ].mapValues { .integer(Int64($0)) }),
        ]
        if configuration.isDeclarative || configuration.role == .dataPlane {
            body["configuration_hash"] = .string(loader.hash)
        } else {
            body["database"] = ["reachable": .bool(await store.isReachable)]
        }
        return .object(body)
    }
}

/// `unit` and `scale` of `/status`.
struct SizeFormat {
    private var divisor = 1.0
    private var suffix = ""
    private var scale = 2

    init(unit: String?, scale: String?) throws(AdminReply) {
        if let scale, let number = LuaNumber.parse(scale) {
            // More decimals than a double has say nothing.
            guard number >= 0, number <= 99 else { throw .message(400, "scale must be equal or greater than 0") }
            self.scale = min(Int(number), 17)
        }
        switch (unit ?? "m").lowercased() {
        case "", "b", "bytes": break
        case "k", "kib": (divisor, suffix) = (1024, "KiB")
        case "m", "mib": (divisor, suffix) = (1_048_576, "MiB")
        case "g", "gib": (divisor, suffix) = (1_073_741_824, "GiB")
        default:
            throw .message(400, "invalid unit '\(unit ?? "")' (expected 'k/K', 'm/M', or 'g/G')")
        }
    }

    func text(_ bytes: Int) -> JSONValue {
        suffix.isEmpty ? .integer(Int64(bytes)) : .string("\(fixed(Double(bytes) / divisor)) \(suffix)")
    }

    /// printf's `%.<scale>f`, rounded half up; without Foundation.
    private func fixed(_ value: Double) -> String {
        var power = 1.0
        for _ in 0..<scale { power *= 10 }
        guard let scaled = Int64(exactly: (value * power).rounded()), scaled >= 0 else { return String(value) }
        let digits = String(scaled)
        guard scale > 0 else { return digits }
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        return "\(padded.dropLast(scale)).\(padded.suffix(scale))"
    }
}
