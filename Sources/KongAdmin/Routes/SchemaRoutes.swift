import KongCore

// `/schemas` and the validate endpoints (admin-api 9).

extension AdminAPI {
    func addSchemaRoutes(to table: inout RouteTable) {
        table.on("GET", "/schemas/{name}", .other("The schema of an entity.")) { request in
            let name = request.parameters["name"] ?? ""
            guard let schema = entity(name) else { return .message(404, "No entity named '\(name)'") }
            return .ok(Self.withoutAbstractFields(schema))
        }
        table.on(
            "POST", "/schemas/{db_entity_name}/validate", .other("Checks an entity without keeping it.", body: true)
        ) { request in
            let name = request.parameters["db_entity_name"] ?? ""
            guard let schema = entity(name) else { return .message(404, "No entity named '\(name)'") }
            return try validate(request, schema)
        }
        for (kind, label) in [("plugins", "plugin"), ("vaults", "vault")] {
            table.on("POST", "/schemas/\(kind)/validate", .other("Checks a \(label) without keeping it.", body: true)) {
                request in
                guard let schema = entity(kind) else { return .notFound }
                let input = try request.arguments().object
                if input["name"] == nil || input["name"]?.isNull == true {
                    let violations = Violations(fields: ["name": "required field missing"])
                    throw DataError.schemaViolation(violations)
                }
                return try validate(request, schema)
            }
            table.on("GET", "/schemas/\(kind)/{name}", .other("The schema of a \(label).")) { request in
                let name = request.parameters["name"] ?? ""
                guard let rendered = subschema(kind, name) else {
                    return .message(404, "No \(label) named '\(name)'")
                }
                return .ok(rendered)
            }
        }
        table.on("GET", "/schemas/filters/{name}", .other("The schema of a Wasm filter.")) { request in
            .message(404, "Filter '\(request.parameters["name"] ?? "")' not found")
        }
        table.on("GET", "/plugins/enabled", .other("The plugins that may be configured.")) { _ in
            .json(200, ["enabled_plugins": .array(configuration.enabledPlugins.map(JSONValue.string))])
        }
        table.on("GET", "/plugins/schema/{name}", .other("The configuration schema of a plugin.")) { request in
            let name = request.parameters["name"] ?? ""
            guard let plugin = enabledPlugin(name) else { return .message(404, "No plugin named '\(name)'") }
            return .ok(plugin.config.describe())
        }
    }

    /// A field that a subschema supplies has none of its own to show.
    private static func withoutAbstractFields(_ schema: EntitySchema) -> JSONObject {
        var shown = schema.describe()
        let fields = zip(schema.record.fields, shown["fields"]?.arrayValue ?? []).map { field, value -> JSONValue in
            guard field.flags.contains(.abstract), var attributes = value[field.name]?.objectValue else { return value }
            attributes["fields"] = nil
            return [field.name: .object(attributes)]
        }
        shown["fields"] = .array(fields)
        return shown
    }

    func enabledPlugin(_ name: String) -> PluginDescription? {
        guard context.enabledPlugins.contains(name) else { return nil }
        return context.plugins.plugin(name)
    }

    private func subschema(_ kind: String, _ name: String) -> JSONObject? {
        if kind == "plugins" { return enabledPlugin(name)?.describe() }
        guard let subschema = entity(kind)?.subschemas?(name, context) else { return nil }
        return subschema.record.describe()
    }

    /// Form arguments are not inferred here: this endpoint checks what was sent as it was sent.
    private func validate(_ request: AdminRequest, _ schema: EntitySchema) throws -> AdminReply {
        let input = try request.arguments().object
        do {
            _ = try schema.insert(input, context)
        } catch {
            throw DataError.schemaViolation(error)
        }
        return .message(200, "schema validation successful")
    }
}
