import KongCore

@testable import KongStore

// A handful of entities with every kind of relation, independent of the product's own declarations.
enum TestEntities {
    static let layout = Layout(all)

    static let all: [EntitySchema] = [
        // Children first on purpose: the layout has to sort them.
        entity(
            "plugins", cacheKey: ["name", "route", "service", "consumer"],
            [
                text("name"), foreign("route", "routes", .cascade), foreign("service", "services", .cascade),
                foreign("consumer", "consumers", .cascade), field("config", .json), list("protocols"), list("tags"),
            ]),
        entity(
            "routes", endpointKey: "name",
            [unique("name"), foreign("service", "services", .restrict), list("protocols"), list("tags")]),
        entity(
            "services", endpointKey: "name",
            [
                unique("name"), text("host"), field("port", .integer), field("enabled", .boolean),
                list("ca_certificates"), foreign("client_certificate", "certificates", .restrict), list("tags"),
            ]),
        entity("consumers", endpointKey: "username", [unique("username"), unique("custom_id"), list("tags")]),
        entity(
            "keyauth_credentials", endpointKey: "key", cacheKey: ["key"], ttl: true,
            [foreign("consumer", "consumers", .cascade), unique("key"), list("tags")]),
        entity("acls", cacheKey: ["consumer", "group"], [foreign("consumer", "consumers", .cascade), text("group")]),
        entity(
            "upstreams", endpointKey: "name", [unique("name"), foreign("client_certificate", "certificates", .null)]),
        entity(
            "targets", endpointKey: "target", cacheKey: ["upstream", "target"],
            [foreign("upstream", "upstreams", .cascade), text("target"), field("created_at", .number)]),
        entity("snis", endpointKey: "name", [unique("name"), foreign("certificate", "certificates", .restrict)]),
        entity("certificates", [text("cert"), transientList("snis"), list("tags")]),
        entity("ca_certificates", workspaceable: false, [text("cert")]),
        EntitySchema(
            "parameters", primaryKey: ["key"], cacheKey: ["key"], workspaceable: false,
            record: RecordSchema([text("key"), text("value"), field("created_at", .integer)])),
        entity(
            "workspaces", endpointKey: "name", workspaceable: false,
            [unique("name"), field("created_at", .integer), field("updated_at", .integer)]),
    ]

    private static func entity(
        _ name: String, endpointKey: String? = nil, cacheKey: [String] = [], ttl: Bool = false,
        workspaceable: Bool = true, _ fields: [FieldSchema]
    ) -> EntitySchema {
        let id = FieldSchema(name: "id", type: .string, flags: .auto, checks: [.uuid])
        return EntitySchema(
            name, endpointKey: endpointKey, cacheKey: cacheKey, ttl: ttl, workspaceable: workspaceable,
            record: RecordSchema([id] + fields))
    }

    private static func field(_ name: String, _ type: FieldType) -> FieldSchema { FieldSchema(name: name, type: type) }
    private static func text(_ name: String) -> FieldSchema { field(name, .string) }

    private static func list(_ name: String) -> FieldSchema {
        field(name, .array(FieldSchema(name: "elements", type: .string)))
    }

    private static func transientList(_ name: String) -> FieldSchema {
        list(name).with(flags: .transient)
    }

    private static func unique(_ name: String) -> FieldSchema {
        FieldSchema(name: name, type: .string, unique: true)
    }

    private static func foreign(_ name: String, _ entity: String, _ onDelete: FieldSchema.OnDelete) -> FieldSchema {
        FieldSchema(name: name, type: .foreign(entity), onDelete: onDelete)
    }
}

/// Two plugins with an empty configuration.
struct TestPlugins: PluginCatalogue {
    let all: [PluginDescription] = ["key-auth", "cors"].map { name in
        PluginDescription(
            name: name, priority: 1000, phases: ["access"], config: RecordSchema([]),
            protocolsAllowed: ["http", "https", "grpc", "grpcs", "tcp"],
            protocolsDefault: ["grpc", "grpcs", "http", "https"], available: true)
    }

    func plugin(_ name: String) -> PluginDescription? { all.first { $0.name == name } }
}
