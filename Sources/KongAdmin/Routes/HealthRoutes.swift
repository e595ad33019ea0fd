import KongCore

// The health of upstreams and targets (admin-api 10).

extension AdminAPI {
    private static let healthDocumentation = RouteDocumentation.other(
        "The health of an upstream's targets.", query: ["size", "offset", "balancer_health"])

    func addHealthRoutes(to table: inout RouteTable) {
        guard let upstreams = entity("upstreams") else { return }
        table.on("GET", "\(Self.member(upstreams))/health", Self.healthDocumentation) { try await health($0) }
        let target = "\(Self.member(upstreams))/targets/{targets}"
        for (verb, healthy) in [("healthy", true), ("unhealthy", false)] {
            for path in ["\(target)/\(verb)", "\(target)/{address}/\(verb)"] {
                let documentation = RouteDocumentation.other(
                    "Sets the health of a target on this node.", status: 204, body: true)
                table.on("PUT", path, documentation) { try await setHealth($0, healthy: healthy) }
            }
        }
    }

    /// The reads that the Status API of a DB-less node has.
    func addHealthReads(to table: inout RouteTable) {
        guard let upstreams = entity("upstreams"), let targets = entity("targets") else { return }
        table.on("GET", "\(Self.member(upstreams))/health", Self.healthDocumentation) { try await health($0) }
        var all = RouteTable()
        addTargetRules(to: &all)
        for path in ["\(Self.member(upstreams))/targets", "\(Self.member(upstreams))/targets/all"] {
            if let handler = all.handler("GET", path) { table.on("GET", path, .list(targets), handler) }
        }
    }

    private func setHealth(_ request: AdminRequest, healthy: Bool) async throws -> AdminReply {
        guard let upstreams = entity("upstreams"), let upstream = try await find(upstreams, request),
            let id = upstream.id, let target = try await target(request),
            let endpoint = TargetEndpoint(target["target"]?.stringValue ?? "")
        else { return .notFound }
        do throws(HealthChange) {
            try await node.setHealth(
                ofUpstream: id, endpoint, address: request.parameters["address"], healthy: healthy)
            return .noContent
        } catch {
            let name = upstream["name"]?.stringValue ?? id
            switch error {
            case .noChecker: return .message(400, "no healthchecker found for \(name)")
            case .unknownAddress: return .message(400, "target not found for \(name)")
            }
        }
    }

    private func health(_ request: AdminRequest) async throws -> AdminReply {
        guard let upstreams = entity("upstreams"), let targets = entity("targets"),
            let upstream = try await find(upstreams, request), let id = upstream.id
        else { return .notFound }
        let state = await node.health(ofUpstream: id)
        let isChecked = Self.hasChecks(upstream)
        let current = Self.current(try await allTargets(of: id))
        let nodeID = JSONValue.string(node.id)
        if request.query["balancer_health"] == "1" {
            let hosts = current.map { target -> JSONValue in
                .object(Self.host(target, state, addressState: { ["healthy": .bool($0)] }).data)
            }
            let weight = Self.sum(hosts.compactMap { $0["weight"] })
            let isHealthy = Self.isHealthy(upstream, weight)
            let word: JSONValue = isHealthy ? "HEALTHY" : "UNHEALTHY"
            return .json(
                200,
                [
                    "node_id": nodeID, "next": .null,
                    "data": [
                        "health": isChecked ? word : "HEALTHCHECKS_OFF", "id": .string(id), "balancer_health": word,
                        "details": [
                            "healthy": .bool(isHealthy), "hosts": .array(hosts),
                            "weight": weight,
                        ],
                    ],
                ])
        }
        let size = try Self.pageSize(request.query)
        let page = try Self.slice(
            current, size: size, offset: request.query["offset"].flatMap { $0.isEmpty ? nil : $0 })
        let rows = page.data.map { target -> JSONObject in
            var row = shown(targets, target)
            let word = { (healthy: Bool) -> JSONValue in healthy ? "HEALTHY" : "UNHEALTHY" }
            let (data, isHealthy, hasAddresses) = Self.host(
                target, state, addressState: { ["health": isChecked ? word($0) : "HEALTHCHECKS_OFF"] })
            row["data"] = .object(data)
            row["health"] = !hasAddresses ? "DNS_ERROR" : isChecked ? word(isHealthy) : "HEALTHCHECKS_OFF"
            return row
        }
        let path = request.path(of: upstreams, id)
        var reply = AdminReply.pageBody(rows, offset: page.offset) { "\(path)/health?offset=\($0)" }
        reply["node_id"] = nodeID
        return .json(200, .object(reply))
    }

    /// One target as the balancer sees it. Without news from the workers it has one address, itself, and is well.
    private static func host(
        _ target: JSONObject, _ state: UpstreamHealth?, addressState: (Bool) -> JSONObject
    ) -> (data: JSONObject, isHealthy: Bool, hasAddresses: Bool) {
        let name = target["target"]?.stringValue ?? ""
        let endpoint = TargetEndpoint(name) ?? TargetEndpoint(host: name, port: 8000)
        let weight = Int(target["weight"]?.intValue ?? 100)
        let addresses =
            state?.addresses[endpoint]
            ?? [.init(ip: endpoint.host, port: endpoint.port, weight: weight, isHealthy: true)]
        let available = addresses.filter(\.isHealthy).reduce(0) { $0 &+ ($1.weight ?? weight) }
        let total = addresses.reduce(0) { $0 &+ ($1.weight ?? weight) }
        let data: JSONObject = [
            "host": .string(endpoint.host), "port": .integer(Int64(endpoint.port)), "dns": "A",
            "nodeWeight": .integer(Int64(weight)),
            "weight": [
                "total": .integer(Int64(total)), "available": .integer(Int64(available)),
                "unavailable": .integer(Int64(total &- available)),
            ],
            "addresses": .array(
                addresses.map {
                    .object(
                        [
                            "ip": .string($0.ip), "port": .integer(Int64($0.port)),
                            "weight": .integer(Int64($0.weight ?? weight)),
                        ].merging(addressState($0.isHealthy)) { _, new in new })
                }),
        ]
        return (data, available > 0, !addresses.isEmpty)
    }

    /// Kong's rule: more of the weight is available than `healthchecks.threshold`, in percent.
    private static func isHealthy(_ upstream: JSONObject, _ weight: JSONValue) -> Bool {
        let threshold = upstream["healthchecks"]?["threshold"]?.doubleValue ?? 0
        guard let total = weight["total"]?.doubleValue, let available = weight["available"]?.doubleValue, total > 0
        else { return true }
        return available / total * 100 > threshold
    }

    private static func sum(_ weights: [JSONValue]) -> JSONValue {
        var out = JSONObject()
        for key in ["total", "available", "unavailable"] {
            out[key] = .integer(weights.reduce(0) { $0 &+ ($1[key]?.intValue ?? 0) })
        }
        return .object(out)
    }

    /// Checks are on where an interval or a threshold is.
    static func hasChecks(_ upstream: JSONObject) -> Bool {
        let checks = upstream["healthchecks"]
        let active = checks?["active"], passive = checks?["passive"]
        let intervals = [active?["healthy"]?["interval"], active?["unhealthy"]?["interval"]]
        let thresholds =
            [passive?["healthy"]?["successes"]]
            + ["http_failures", "tcp_failures", "timeouts"].map { passive?["unhealthy"]?[$0] }
        return (intervals + thresholds).contains { ($0?.doubleValue ?? 0) > 0 }
    }
}
