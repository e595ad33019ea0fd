import KongCore
import KongStore

// How a request names entities and what it says about them.

extension AdminAPI {
    /// The entity that the path names in `{<entity>}`; nil when it has no such entity.
    func find(_ entity: EntitySchema, _ request: AdminRequest) async throws -> JSONObject? {
        guard let name = request.parameters[entity.name] else { return nil }
        if entity.name == "certificates", !name.isUUID { return try await store.certificate(named: name) }
        guard let address = try address(entity, named: name) else { return nil }
        return try await store.select(entity.name, key: address)
    }

    func findChild(
        _ child: EntitySchema, of parent: EntitySchema, through field: String, _ request: AdminRequest
    ) async throws -> JSONObject? {
        guard let parentID = try await find(parent, request)?.id,
            let found = try await find(child, request), found.reference(field) == parentID
        else { return nil }
        return found
    }

    func address(_ entity: EntitySchema, _ request: AdminRequest) throws -> EntityKey? {
        guard let name = request.parameters[entity.name] else { return nil }
        return try address(entity, named: name)
    }

    /// A UUID is an id, anything else the endpoint key; nil where the entity has none.
    func address(_ entity: EntitySchema, named name: String) throws -> EntityKey? {
        if name.isUUID { return .id(name.lowercased()) }
        guard let key = entity.endpointKey, let field = entity.record.field(key) else { return nil }
        if let error = field.firstError(in: .string(name), context) {
            throw DataError.invalidUnique(field: key, error: error)
        }
        return .field(key, .string(name))
    }

    /// What the body says about an entity, typed by its schema where the body is a form.
    /// - Parameter stored: the entity that the body changes; where its type decides the fields, a form needs it.
    func input(
        _ request: AdminRequest, for entity: EntitySchema, stored: JSONObject? = nil
    ) throws -> (fields: JSONObject, ttl: Int?) {
        var fields: JSONObject
        var lifetime: JSONValue?
        switch try request.arguments() {
        case .json(let object):
            fields = object
            if entity.ttl { lifetime = fields.removeValue(forKey: "ttl") }
        case .form(let object):
            fields = object
            if entity.ttl, let text = fields.removeValue(forKey: "ttl") {
                lifetime = text.stringValue.flatMap { Int64($0) }.map(JSONValue.integer) ?? text
            }
            fields = entity.infer(form: fields, context, stored: stored)
        }
        fields.merge(request.overrides) { _, path in path }
        return (fields, try lifetime.flatMap(Self.ttl))
    }

    private static func ttl(_ value: JSONValue) throws -> Int? {
        value.isNull ? nil : Int(try EntityStore.lifetime(value.intValue))
    }

    /// An entity as an answer shows it.
    func shown(_ entity: EntitySchema, _ record: JSONObject) -> JSONObject {
        var shown = entity.output(record, context)
        // Without a database Kong shows a time to live only where there is one.
        if entity.ttl, configuration.isDeclarative, shown["ttl"]?.isNull == true { shown["ttl"] = nil }
        return shown
    }
}

// Every write goes through here.
extension AdminAPI {
    func create(_ entity: String, _ input: JSONObject, ttl: Int?) async throws -> JSONObject {
        defer { census.changed(entity) }
        return try await store.insert(entity, input, ttl: ttl)
    }

    func change(_ entity: String, key: EntityKey, _ input: JSONObject, ttl: Int?) async throws -> JSONObject {
        defer { census.changed(entity) }
        return try await store.update(entity, key: key, input, ttl: ttl)
    }

    func put(_ entity: String, key: EntityKey, _ input: JSONObject, ttl: Int?) async throws -> JSONObject {
        defer { census.changed(entity) }
        return try await store.upsert(entity, key: key, input, ttl: ttl)
    }

    func remove(_ entity: String, key: EntityKey) async throws {
        defer { census.changed(entity) }
        try await store.delete(entity, key: key)
    }
}

extension FieldSchema {
    /// Whether a value in a path could be this field's at all.
    func firstError(in value: JSONValue, _ context: SchemaContext) -> String? {
        for check in checks {
            guard case .custom(let validator) = check, let error = validator.check(value, context) else { continue }
            return error.luaBareText
        }
        return nil
    }
}
