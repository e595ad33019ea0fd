import Foundation
import KongCore
import KongTesting

/// An entity as a declarative client keeps it: where it is written, and what it wants there.
struct SyncEntity: Sendable {
    /// Of the list that shows it: `services`, `key-auths`.
    var collection: String
    /// Where writes go: `/services`, `/consumers/<id>/key-auth`.
    var path: String
    /// Of `/schemas/{schema}`.
    var schema: String
    var fields: JSONObject
    var id: String { fields["id"]?.stringValue ?? "" }
}

/// Speaks to the Admin API as decK does: reads everything, fills in defaults from the schemas, compares, and writes
/// what differs under ids of its own, ten at a time.
struct SyncClient {
    let gateway: Gateway

    /// The lists of Kong, and those that only Kong Enterprise has.
    static let collections = [
        "services", "routes", "plugins", "certificates", "ca_certificates", "snis", "upstreams", "consumers", "vaults",
        "keys", "key-sets", "key-auths", "hmac-auths", "jwts", "basic-auths", "oauth2", "acls",
    ]
    static let enterprise = [
        "consumer_groups", "mtls-auths", "partials", "licenses", "rbac/roles", "degraphql_routes", "custom-plugins",
        "graphql-rate-limiting-advanced/costs", "cloned-plugins", "ai-models", "workspaces",
    ]

    /// Every entity by collection; targets come from their upstreams.
    func dump(tags: [String] = []) throws -> [String: [JSONObject]] {
        let filter = tags.isEmpty ? "" : "&tags=" + tags.joined(separator: ",")
        var state: [String: [JSONObject]] = [:]
        for name in Self.collections { state[name] = try list("/\(name)?size=1000\(filter)") }
        var targets: [JSONObject] = []
        for upstream in state["upstreams"] ?? [] {
            targets += try list("/upstreams/\(upstream["id"]?.stringValue ?? "")/targets?size=1000\(filter)")
        }
        state["targets"] = targets
        return state
    }

    private func list(_ target: String) throws -> [JSONObject] {
        var all: [JSONObject] = []
        var next = target
        while true {
            let page = try gateway.configure("GET", next)
            all += (page["data"]?.arrayValue ?? []).compactMap(\.objectValue)
            guard let offset = page["offset"]?.stringValue else { return all }
            next = target + "&offset=" + offset
        }
    }

    /// What differs, one line each: `create`, `update` with the fields that do, `delete`.
    func diff(_ wanted: [SyncEntity], tags: [String] = []) throws -> [String] {
        let state = try dump(tags: tags)
        var lines: [String] = []
        for entity in wanted {
            guard let present = state[entity.collection]?.first(where: { $0["id"] == entity.fields["id"] }) else {
                lines.append("create \(entity.collection) \(entity.id)")
                continue
            }
            let fields = try differences(entity, present)
            if !fields.isEmpty { lines.append("update \(entity.collection) \(entity.id): \(fields)") }
        }
        let ids = Set(wanted.map(\.id))
        for (collection, present) in state {
            for id in present.compactMap({ $0["id"]?.stringValue }) where !ids.contains(id) {
                lines.append("delete \(collection) \(id)")
            }
        }
        return lines.sorted()
    }

    private func differences(_ entity: SyncEntity, _ present: JSONObject) throws -> [String] {
        var wanted = entity.fields
        var present = present
        for name in ["created_at", "updated_at"] { present[name] = nil }
        // A hash, and the names of SNIs, are compared elsewhere.
        if entity.collection == "basic-auths" { (wanted["password"], present["password"]) = (nil, nil) }
        if entity.collection == "certificates" { present["snis"] = nil }
        if entity.collection == "ca_certificates" { present["cert_digest"] = nil }
        let client = ClientDefaults()
        if entity.collection == "plugins" {
            let name = wanted["name"]?.stringValue ?? ""
            let full = try gateway.configure("GET", "/schemas/plugins/\(name)")
            let schema = ClientDefaults.fields(of: full).first { $0.name == "config" }?.field ?? .null
            let sent = wanted["config"]?.objectValue ?? [:]
            wanted["config"] = client.completed(.object(client.fill(sent, schema)), schema)
            present["config"] = .object(
                client.withoutAliases(present["config"]?.objectValue ?? [:], sent: sent, schema))
            wanted["protocols"] =
                wanted["protocols"]
                ?? ClientDefaults.fields(of: full).first { $0.name == "protocols" }?.field["default"]
            wanted["enabled"] = wanted["enabled"] ?? true
        } else {
            let schema = try gateway.configure("GET", "/schemas/\(entity.schema)")
            wanted = client.fill(wanted, schema)
        }
        let names = Set(wanted.keys).union(present.keys)
        return names.filter { plain(wanted[$0] ?? .null, $0) != plain(present[$0] ?? .null, $0) }.sorted()
    }

    /// As clients decode it: null is absent, except in a plugin's configuration; sets have no order.
    private func plain(_ value: JSONValue, _ field: String) -> JSONValue {
        if field == "config" { return value }
        switch value {
        case .object(let members):
            let kept = members.mapValues { plain($0, "") }.filter { !$0.value.isNull }
            return kept.isEmpty ? .null : .object(kept)
        case .array(let elements):
            return elements.isEmpty ? .null : .array(elements.sorted { $0.jsonText < $1.jsonText })
        default: return value
        }
    }

    /// Writes everything that is wanted, group by group, ten requests at a time.
    func write(_ groups: [[SyncEntity]]) throws {
        let gateway = gateway
        for group in groups where !group.isEmpty {
            try concurrently(min(10, group.count)) { worker in
                for entity in stride(from: worker, to: group.count, by: 10).map({ group[$0] }) {
                    // Targets cannot be put.
                    let isTarget = entity.collection == "targets"
                    try gateway.configure(
                        isTarget ? "POST" : "PUT", isTarget ? entity.path : "\(entity.path)/\(entity.id)",
                        .object(entity.fields))
                }
            }
        }
    }

    func delete(_ entities: [SyncEntity]) throws {
        for entity in entities { try gateway.configure("DELETE", "\(entity.path)/\(entity.id)") }
    }
}
