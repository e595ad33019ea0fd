import KongCore
import KongStore

// Where an entity's endpoints differ from the generated ones (admin-api 7).

extension AdminAPI {
    func addEntityRules(to table: inout RouteTable) {
        addConsumerLookup(to: &table)
        addCertificateRules(to: &table)
        addGroupRules(to: &table)
        addTargetRules(to: &table)
        addStorageRules(to: &table)
        addTagRoutes(to: &table)
        table.mask("/snis/{snis}/certificate")
        if !configuration.wasm {
            table.replaceAll(where: { $0.split(separator: "/").contains("filter-chains") }) { _ in Self.wasmOnly }
            for list in ["all", "enabled", "disabled"] {
                table.on("GET", "/routes/{routes}/filters/\(list)", .other("Wasm filters of a route.")) { _ in
                    Self.wasmOnly
                }
            }
        }
    }

    /// `GET /consumers?custom_id=X` is a lookup in a list's clothes.
    private func addConsumerLookup(to table: inout RouteTable) {
        guard let consumers = entity("consumers") else { return }
        table.wrap("GET", "/consumers") { request, list in
            guard let id = request.query["custom_id"] else { return try await list(request) }
            if id.isEmpty { return .message(400, "custom_id must be an unempty string") }
            let found = try await store.select(consumers.name, key: .field("custom_id", .string(id)))
            let data = found.map { [JSONValue.object(shown(consumers, $0))] } ?? []
            return .json(200, ["data": .array(data), "next": .null])
        }
    }

    /// acme_storage has no endpoint key, yet its own endpoints take the storage key.
    private func addStorageRules(to table: inout RouteTable) {
        guard let storage = entity("acme_storage") else { return }
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            table.wrap(method, Self.member(storage)) { request, next in
                guard let name = request.parameters[storage.name], !name.isUUID else {
                    return try await next(request)
                }
                let found = try await store.select(storage.name, key: .field("key", .string(name)))
                guard let id = found?.id ?? (method == "PUT" ? context.newUUID() : nil) else {
                    return method == "DELETE" ? .noContent : .notFound
                }
                var request = request
                request.parameters[storage.name] = id
                return try await next(request)
            }
        }
    }

    /// `/consumers/{c}/acls/{group or id}`: a group is addressed by its name below its consumer.
    private func addGroupRules(to table: inout RouteTable) {
        guard let acls = entity("acls"), let consumers = entity("consumers") else { return }
        let path = "\(Self.member(consumers))/\(acls.adminNestedName)/{\(acls.name)}"
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            table.wrap(method, path) { request, next in
                guard let group = request.parameters[acls.name], !group.isUUID else {
                    return try await next(request)
                }
                guard let consumer = try await find(consumers, request)?.id else { return .notFound }
                var request = request
                if let id = try await membership(of: consumer, in: group)?.id {
                    request.parameters[acls.name] = id
                } else {
                    guard method == "PUT" else { return .notFound }
                    request.parameters[acls.name] = context.newUUID()
                }
                if method == "PUT" { request.overrides["group"] = .string(group) }
                return try await next(request)
            }
        }
    }

    private func membership(of consumer: String, in group: String) async throws -> JSONObject? {
        var found: JSONObject?
        try await store.forEachPage("acls", parent: ("consumer", consumer)) { page in
            found = page.first { $0["group"]?.stringValue == group }
            return found == nil
        }
        return found
    }

    /// `/tags` is a view: it lists, and refuses every write.
    private func addTagRoutes(to table: inout RouteTable) {
        guard let tags = entity("tags") else { return }
        table.mask(Self.collection(tags))
        table.mask(Self.member(tags))
        let refusal = DataError.schemaViolation(
            Violations(fields: ["tags": "does not support insert/upsert/update/delete operations"]))
        let list = Self.collection(tags), one = Self.member(tags)
        for (method, path) in [("POST", list), ("PUT", one), ("PATCH", one), ("DELETE", one)] {
            table.on(method, path, .other("Refused: tags are a view.", status: 400, body: true)) { _ in throw refusal }
        }
        table.on("GET", list, .list(tags)) { request in
            let page = try await store.tags(request: try listRequest(request, tags, parent: nil))
            return .page(page.data, offset: page.offset) { offset in
                "/tags?offset=\(offset)" + (request.query["size"].map { "&size=\(Percent.encode($0))" } ?? "")
            }
        }
        table.on("GET", one, .list(tags)) { request in
            guard let name = request.parameters["tags"] else { return .notFound }
            if let error = tags.record.field("tag")?.firstError(in: .string(name), context) {
                throw DataError.invalidUnique(field: "tag", error: error)
            }
            let page = try await store.tags(named: name, request: try listRequest(request, tags, parent: nil))
            return .page(page.data, offset: page.offset) { "/tags/\(Percent.encode(name))?offset=\($0)" }
        }
    }
}
