import KongCore

// The generated endpoints (admin-api 4): every entity flat, below each parent, and each parent below its child.

extension AdminAPI {
    func addEntityRoutes(to table: inout RouteTable) {
        for entity in entities where entity.generateAdminAPI {
            addCollection(entity, to: &table)
            for (field, parentName) in entity.foreignFields {
                guard let parent = self.entity(parentName), parent.generateAdminAPI else { continue }
                addParent(parent, of: entity, through: field.name, to: &table)
                addChildren(entity, of: parent, through: field.name, to: &table)
            }
        }
    }

    static func collection(_ entity: EntitySchema) -> String { "/\(entity.adminName)" }
    static func member(_ entity: EntitySchema) -> String { "/\(entity.adminName)/{\(entity.name)}" }

    private func addCollection(_ entity: EntitySchema, to table: inout RouteTable) {
        let list = Self.collection(entity)
        table.on("GET", list, .list(entity)) { try await self.list(entity, $0) }
        table.on("POST", list, .create(entity)) { request in
            let input = try input(request, for: entity)
            return .created(shown(entity, try await create(entity.name, input.fields, ttl: input.ttl)))
        }
        let one = Self.member(entity)
        table.on("GET", one, .read(entity)) { request in
            guard let found = try await find(entity, request) else { return .notFound }
            return .ok(shown(entity, found))
        }
        table.on("PUT", one, .replace(entity)) { request in
            let input = try input(request, for: entity)
            guard let address = try address(entity, request) else { return .notFound }
            return .ok(shown(entity, try await put(entity.name, key: address, input.fields, ttl: input.ttl)))
        }
        table.on("PATCH", one, .update(entity)) { request in
            let stored = entity.subschemaKey == nil ? nil : try await find(entity, request)
            let input = try input(request, for: entity, stored: stored)
            guard let address = try address(entity, request) else { return .notFound }
            return .ok(shown(entity, try await change(entity.name, key: address, input.fields, ttl: input.ttl)))
        }
        table.on("DELETE", one, .delete(entity)) { request in
            guard let address = try address(entity, request) else { return .notFound }
            try await remove(entity.name, key: address)
            return .noContent
        }
    }

    /// `/routes/{routes}/service`.
    private func addParent(
        _ parent: EntitySchema, of child: EntitySchema, through field: String, to table: inout RouteTable
    ) {
        let path = "\(Self.member(child))/\(field)"
        table.on("GET", path, .read(parent)) { request in
            guard let found = try await find(child, request), let id = found.reference(field),
                let entity = try await store.select(parent.name, key: .id(id))
            else { return .notFound }
            return .ok(parentShown(parent, entity))
        }
        table.on("PUT", path, .replace(parent)) { request in
            let input = try input(request, for: parent)
            guard let found = try await find(child, request) else { return .notFound }
            if let id = found.reference(field) {
                let entity = try await put(parent.name, key: .id(id), input.fields, ttl: input.ttl)
                return .ok(parentShown(parent, entity))
            }
            let id = context.newUUID()
            let entity = try await put(parent.name, key: .id(id), input.fields, ttl: input.ttl)
            guard let childID = found.id else { return .unexpected }
            _ = try await change(child.name, key: .id(childID), [field: ["id": .string(id)]], ttl: nil)
            return .ok(parentShown(parent, entity))
        }
        table.on("PATCH", path, .update(parent)) { request in
            let input = try input(request, for: parent)
            guard let found = try await find(child, request), let id = found.reference(field) else { return .notFound }
            return .ok(parentShown(parent, try await change(parent.name, key: .id(id), input.fields, ttl: input.ttl)))
        }
    }

    /// Kong lists a certificate's names in its own collection only.
    private func parentShown(_ entity: EntitySchema, _ record: JSONObject) -> JSONObject {
        var shown = shown(entity, record)
        if entity.name == "certificates" { shown["snis"] = .null }
        return shown
    }

    /// `/services/{services}/routes` and `/services/{services}/routes/{routes}`.
    private func addChildren(
        _ child: EntitySchema, of parent: EntitySchema, through field: String, to table: inout RouteTable
    ) {
        let list = "\(Self.member(parent))/\(child.adminNestedName)"
        table.on("GET", list, .list(child)) { request in
            guard let id = try await find(parent, request)?.id else { return .notFound }
            let page = try await store.page(child.name, try listRequest(request, child, parent: (field, id)))
            let path = "\(request.path(of: parent, id))/\(child.adminNestedName)"
            return .page(page.data.map { shown(child, $0) }, offset: page.offset) { "\(path)?offset=\($0)" }
        }
        table.on("POST", list, .create(child)) { request in
            var input = try input(request, for: child)
            guard let id = try await find(parent, request)?.id else { return .notFound }
            input.fields[field] = ["id": .string(id)]
            return .created(shown(child, try await create(child.name, input.fields, ttl: input.ttl)))
        }
        let one = "\(list)/{\(child.name)}"
        table.on("GET", one, .read(child)) { request in
            guard let found = try await findChild(child, of: parent, through: field, request) else { return .notFound }
            return .ok(shown(child, found))
        }
        table.on("PUT", one, .replace(child)) { request in
            var input = try input(request, for: child)
            guard let parentID = try await find(parent, request)?.id, let address = try address(child, request) else {
                return .notFound
            }
            // An entity of another parent is not there for this one.
            if let existing = try await store.select(child.name, key: address), existing.reference(field) != parentID {
                return .notFound
            }
            input.fields[field] = ["id": .string(parentID)]
            return .ok(shown(child, try await put(child.name, key: address, input.fields, ttl: input.ttl)))
        }
        table.on("PATCH", one, .update(child)) { request in
            guard let found = try await findChild(child, of: parent, through: field, request), let id = found.id else {
                _ = try request.arguments()
                return .notFound
            }
            var input = try input(request, for: child, stored: found)
            input.fields[field] = found[field]
            return .ok(shown(child, try await change(child.name, key: .id(id), input.fields, ttl: input.ttl)))
        }
        table.on("DELETE", one, .delete(child)) { request in
            guard try await findChild(child, of: parent, through: field, request) != nil,
                let address = try address(child, request)
            else { return .notFound }
            try await remove(child.name, key: address)
            return .noContent
        }
    }

    private func list(_ entity: EntitySchema, _ request: AdminRequest) async throws -> AdminReply {
        let page = try await store.page(entity.name, try listRequest(request, entity, parent: nil))
        return .page(page.data.map { shown(entity, $0) }, offset: page.offset) { offset in
            var next = "\(Self.collection(entity))?offset=\(offset)"
            if let tags = request.query["tags"] { next += "&tags=\(Percent.encode(tags))" }
            if let size = request.query["size"] { next += "&size=\(Percent.encode(size))" }
            return next
        }
    }
}

extension AdminReply {
    /// A page of a list; `next` makes the path of the following one from the escaped offset.
    static func page(_ data: [JSONObject], offset: String?, next: (String) -> String) -> Self {
        .json(200, .object(pageBody(data, offset: offset, next: next)))
    }

    static func pageBody(_ data: [JSONObject], offset: String?, next: (String) -> String) -> JSONObject {
        var body: JSONObject = ["data": .array(data.map(JSONValue.object)), "next": .null]
        if let offset {
            body["offset"] = .string(offset)
            body["next"] = .string(next(Percent.encode(offset)))
        }
        return body
    }
}

extension AdminRequest {
    /// The path of an entity by the name that this request used for it, for links to further pages.
    func path(of entity: EntitySchema, _ id: String) -> String {
        "/\(entity.adminName)/\(Percent.encode(parameters[entity.name] ?? id))"
    }
}
