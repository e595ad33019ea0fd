import KongCore
import KongStore

// Targets live below their upstream only, and the newest entry of a name is the one that counts.

extension AdminAPI {
    func addTargetRules(to table: inout RouteTable) {
        guard let targets = entity("targets"), let upstreams = entity("upstreams") else { return }
        table.mask(Self.collection(targets))
        table.mask(Self.member(targets))
        table.mask("\(Self.member(targets))/upstream")

        let list = "\(Self.member(upstreams))/targets"
        table.on("GET", list, .list(targets)) { request in
            guard let id = try await find(upstreams, request)?.id else { return .notFound }
            let filter = try listRequest(request, targets, parent: ("upstream", id))
            let page = try Self.slice(
                Self.current(try await allTargets(of: id)), size: filter.size, offset: filter.offset)
            let path = request.path(of: upstreams, id)
            return .page(page.data.map { shown(targets, $0) }, offset: page.offset) {
                "\(path)/targets?offset=\($0)"
            }
        }
        table.on("GET", "\(list)/all", .list(targets)) { request in
            guard let id = try await find(upstreams, request)?.id else { return .notFound }
            let page = try await store.page(
                targets.name, try listRequest(request, targets, parent: ("upstream", id)))
            let path = request.path(of: upstreams, id)
            return .page(page.data.map { shown(targets, $0) }, offset: page.offset) {
                "\(path)/targets/all?offset=\($0)"
            }
        }
        let one = "\(list)/{targets}"
        table.on("GET", one, .read(targets)) { request in
            guard let found = try await target(request) else { return .notFound }
            return .ok(shown(targets, found))
        }
        for method in ["PUT", "PATCH"] {
            table.on(method, one, .update(targets)) { request in
                var input = try input(request, for: targets)
                guard let found = try await target(request), let id = found.id else { return .notFound }
                input.fields["upstream"] = found["upstream"]
                return .ok(shown(targets, try await change(targets.name, key: .id(id), input.fields, ttl: nil)))
            }
        }
        table.on("DELETE", one, .delete(targets)) { request in
            guard let id = try await target(request)?.id else { return .notFound }
            try await remove(targets.name, key: .id(id))
            return .noContent
        }
    }

    /// The target that the path names, by id or by `host:port`, below the upstream that it names.
    func target(_ request: AdminRequest) async throws -> JSONObject? {
        guard let upstreams = entity("upstreams"), let name = request.parameters["targets"],
            let upstream = try await find(upstreams, request)?.id
        else { return nil }
        if name.isUUID {
            guard let found = try await store.select("targets", key: .id(name.lowercased())),
                found.reference("upstream") == upstream
            else { return nil }
            return found
        }
        let wanted = Self.withPort(name)
        let all = try await allTargets(of: upstream)
        return all.filter { $0["target"]?.stringValue == wanted }.max { Self.isOlder($0, $1) }
    }

    func allTargets(of upstream: String) async throws -> [JSONObject] {
        var found: [JSONObject] = []
        try await store.forEachPage("targets", parent: ("upstream", upstream)) { page in
            found += page
            return true
        }
        return found
    }

    /// The newest entry of each name, newest first.
    static func current(_ targets: [JSONObject]) -> [JSONObject] {
        var seen: Set<String> = []
        return targets.sorted { isOlder($1, $0) }.filter { seen.insert($0["target"]?.stringValue ?? "").inserted }
    }

    private static func isOlder(_ left: JSONObject, _ right: JSONObject) -> Bool {
        let leftTime = left["created_at"]?.doubleValue ?? 0, rightTime = right["created_at"]?.doubleValue ?? 0
        return leftTime == rightTime ? (left.id ?? "") < (right.id ?? "") : leftTime < rightTime
    }

    /// Kong pages the current set by position: the offset is a number.
    static func slice(_ all: [JSONObject], size: Int, offset: String?) throws -> Page {
        var start = 0
        if let offset {
            guard let number = Int(offset), number >= 0 else {
                throw DataError.invalidOffset(offset, reason: "bad offset")
            }
            start = min(number, all.count)
        }
        let end = min(start + size, all.count)
        return Page(data: Array(all[start..<end]), offset: end < all.count ? String(end) : nil)
    }

    /// A name without a port means port 8000, as when it was stored.
    private static func withPort(_ name: String) -> String {
        if name.hasPrefix("[") { return name.contains("]:") ? name : "\(name):8000" }
        return name.contains(":") ? name : "\(name):8000"
    }
}
