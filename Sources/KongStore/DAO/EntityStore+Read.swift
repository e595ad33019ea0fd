import KongCore

extension EntityStore {
    public func select(_ entity: String, id: String) async throws(DataError) -> JSONObject? {
        try await select(entity, key: .id(id))
    }

    public func select(
        _ entity: String, where field: String, equals value: JSONValue
    ) async throws(DataError) -> JSONObject? {
        try await select(entity, key: .field(field, value))
    }

    public func select(_ entity: String, key: EntityKey) async throws(DataError) -> JSONObject? {
        let table = try layout.table(entity), now = context.now()
        return try await read { [layout] session in
            guard let record = try session.first(table, key, now: now) else { return nil }
            return try session.attachNames([record.forClients(table, now: now)], table, layout).first
        }
    }

    /// The certificate that owns a server name, as `/certificates/{name}` addresses it.
    public func certificate(named name: String) async throws(DataError) -> JSONObject? {
        guard let sni = try await select("snis", where: "name", equals: .string(name)),
            let id = sni.reference("certificate")
        else { return nil }
        return try await select("certificates", id: id)
    }

    /// One page, ascending by primary key. Costs the same anywhere in the list.
    public func page(_ entity: String, _ request: PageRequest = PageRequest()) async throws(DataError) -> Page {
        if entity == "tags" { return try await tags(request: request) }
        try request.check()
        let table = try layout.table(entity), now = context.now()
        let after = try request.offset.map { text throws(DataError) in try PageOffset.decode(text, count: 1)[0] }
        var filters: [Query.Filter] = []
        if let parent = request.parent {
            guard let column = table.column(field: parent.field) else {
                throw .database("'\(entity)' has no field '\(parent.field)'")
            }
            filters.append(.equals(column: column.name, .string(parent.id)))
        }
        if let tags = request.tags {
            guard table.schema.isTaggable else {
                throw .invalidOptions(["tags": .string("cannot be used with '\(entity)'")])
            }
            filters.append(.tags(tags))
        }
        let query = Query(table, filters, after: after, limit: request.size + 1, now: now)
        return try await read { [layout] session in
            let rows = try session.select(query)
            let shown = rows.prefix(request.size)
            let data = try session.attachNames(shown.map { $0.forClients(table, now: now) }, table, layout)
            let next = rows.count > request.size ? shown.last.map { PageOffset.encode([$0.key(table)]) } : nil
            return Page(data: data, offset: next)
        }
    }

    /// Calls `body` with page after page until it answers false or there are no more. Others may write meanwhile.
    public func forEachPage(
        _ entity: String, parent: (field: String, id: String)? = nil, _ body: ([JSONObject]) -> Bool
    ) async throws(DataError) {
        var request = PageRequest(size: 1000, parent: parent)
        while true {
            let page = try await page(entity, request)
            guard body(page.data), let offset = page.offset else { return }
            request.offset = offset
        }
    }

    /// Rows `{entity_name, entity_id, tag}`, of one tag or of all.
    public func tags(
        named tag: String? = nil, request: PageRequest = PageRequest()
    ) async throws(DataError) -> Page {
        try request.check()
        if let tag, !TagFilter.isTag(tag) {
            throw Self.withoutFields(
                .invalidUnique(
                    field: "tag",
                    error: "invalid tag '\(tag)': expected printable ascii (except `,` and `/`)"
                        + " or valid utf-8 sequences"))
        }
        let after = try request.offset.map { text throws(DataError) in try PageOffset.decode(text, count: 2) }
        let query = TagQuery(tag: tag, after: after.map { ($0[0], $0[1]) }, limit: request.size + 1)
        return try await read { session in
            let rows = try session.tags(query)
            let shown = rows.prefix(request.size)
            let data: [JSONObject] = shown.map {
                ["entity_name": .string($0.entity), "entity_id": .string($0.id), "tag": .string($0.tag)]
            }
            let next = rows.count > request.size ? shown.last.map { PageOffset.encode([$0.id, $0.tag]) } : nil
            return Page(data: data, offset: next)
        }
    }

    /// Calls `body` with every entity of one kind, from one consistent view.
    public func forEach(
        _ entity: String, _ body: @escaping @Sendable (JSONObject) throws -> Void
    ) async throws(DataError) {
        try await export([entity]) { _, fields in try body(fields) }
    }

    /// Calls `body` with every entity that a declarative file holds, parents before children, from one consistent view.
    public func exportAll(_ body: @escaping @Sendable (_ entity: String, JSONObject) throws -> Void)
        async throws(DataError)
    {
        try await export(layout.tables.filter(\.schema.dbExport).map(\.entity), body)
    }

    /// The values that a field has anywhere, each once.
    public func values(of field: String, in entity: String) async throws(DataError) -> [String] {
        let table = try layout.table(entity)
        guard let column = table.column(field: field), column.kind == .text else {
            throw .database("'\(entity)' has no text field '\(field)'")
        }
        return try await read { try $0.distinct(column.name, of: table) }
    }

    /// How many entities of a kind there are, expired ones included.
    public func count(_ entity: String) async throws(DataError) -> Int {
        let table = try layout.table(entity)
        return try await read { try $0.count(table) }
    }

    private func export(
        _ entities: [String], _ body: @escaping @Sendable (String, JSONObject) throws -> Void
    ) async throws(DataError) {
        let now = context.now()
        var tables: [Table] = []
        for entity in entities { tables.append(try layout.table(entity)) }
        try await read { [layout, tables] session in
            for table in tables {
                try session.forEach(table, now: now) { record in
                    let shown = try session.attachNames([record.forClients(table, now: now)], table, layout)
                    for fields in shown { try body(table.entity, fields) }
                }
            }
        }
    }

    private static func withoutFields(_ error: DataError) -> DataError {
        var error = error
        error.fields = nil
        return error
    }
}
