import Foundation
import KongCore
import KongTesting
import Testing

@Suite("A client with typed structures creates, reads, changes, lists and deletes every kind of entity")
struct TypedClientTests {
    @Test("in SQLite")
    func everyKind() throws {
        try withGateway(workers: 1) { gateway, _ throws in try everyKind(gateway) }
    }

    @Test("in Postgres", .enabled(if: PostgresServer.isInstalled))
    func everyKindInPostgres() throws {
        try withPostgres { postgres throws in try everyKind(try postgres.started()) }
    }

    private func everyKind(_ gateway: Gateway) throws {
        let client = TypedClient(gateway: gateway)
        for entity in try TypedEntity.all(client) {
            try life(of: entity, client)
            try pages(of: entity, client)
            if entity.isTagged { try tags(of: entity, client) }
        }
    }

    private func life(of entity: TypedEntity, _ client: TypedClient) throws {
        for body in entity.refused { #expect(try client.refused("POST", entity.path, .object(body)).status == 400) }
        #expect(try client.refused("GET", "\(entity.path)/\(UUID().uuidString.lowercased())").status == 404)
        if entity.key != nil { #expect(try client.refused("GET", entity.path + "/does-not-exist").status == 404) }

        let fields = entity.fields(1)
        let created = try client.create(entity.path, fields)
        let id = try #require(created["id"]?.stringValue)
        for (name, value) in fields where value.objectValue == nil && name != "password" {
            #expect(created[name] == value, "\(entity.path) \(name)")
        }
        #expect(created["password"] == nil || created["password"] != fields["password"], "a password is hashed")
        let read = try client.get(entity.path, id)
        #expect(read == created)
        if entity.list != entity.path { #expect(try client.get(entity.list, id) == created) }
        if let key = entity.key, let value = created[key]?.stringValue {
            #expect(try client.get(entity.path, value) == created, "\(entity.path) by \(key)")
        }

        let updated = try client.update(entity.path, read, entity.changes)
        #expect(updated["id"] == created["id"])
        for (name, value) in entity.changes { #expect(updated[name] == value, "\(entity.path) \(name)") }
        #expect(try client.get(entity.path, id) == updated)

        // By its key where it has one, and once more by its id: nothing is left to delete.
        let key = entity.key.flatMap { updated[$0]?.stringValue } ?? id
        try client.delete(entity.path, key)
        #expect(try client.refused("GET", "\(entity.path)/\(id)").status == 404)
        #expect(try client.refused("GET", "\(entity.path)/\(key)").status == 404)

        // The id may be the client's. A target cannot be put before it is there.
        let own = UUID().uuidString.lowercased()
        let named = fields.merging(["id": .string(own)]) { $1 }
        if entity.path.hasSuffix("/targets") {
            #expect(try client.refused("PUT", "\(entity.path)/\(own)", .object(named)).status == 404)
            _ = try client.gateway.create(entity.path, .object(named))
        }
        #expect(try client.create(entity.path, named)["id"]?.stringValue == own, "\(entity.path)")
        try client.delete(entity.path, own)
    }

    private func pages(of entity: TypedEntity, _ client: TypedClient) throws {
        let created = try (1...3).map { try client.create(entity.path, entity.fields($0)) }
        let (whole, end) = try client.page(entity.list)
        #expect(end == nil)
        for one in created { #expect(whole.contains(one), "\(entity.list)") }
        let first = try client.page(entity.list, size: 1)
        #expect(first.data.count == 1)
        let next: String = try #require(first.offset)
        let rest = try client.page(entity.list, size: whole.count - 1, offset: next)
        #expect(rest.offset == nil)
        #expect(Set(first.data + rest.data) == Set(whole))
        #expect(Set(try client.all(entity.list)) == Set(whole))
        // A size can be wrong; the list stays.
        #expect(try client.refused("GET", entity.list + "?size=none").status == 400)
        for one in created { try client.delete(entity.path, one["id"]?.stringValue ?? "") }
    }

    private func tags(of entity: TypedEntity, _ client: TypedClient) throws {
        let sets: [JSONValue] = [["tag1", "tag2"], ["tag2", "tag3"], ["tag1", "tag3"]]
        let created = try (1...6).map { number in
            try client.create(entity.path, entity.fields(number).merging(["tags": sets[(number - 1) % 3]]) { $1 })
        }
        for (index, one) in created.enumerated() { #expect(one["tags"] == sets[index % 3]) }
        for (tags, count) in [("tag1", 4), ("tag2", 4), ("tag1/tag2", 6), ("tag1,tag2", 2)] {
            let page = try client.page(entity.list, tags: tags)
            #expect(page.data.count == count, "\(entity.list) \(tags)")
            #expect(page.offset == nil)
        }
        for (tags, size) in [("tag1/tag2", 3), ("tag1,tag2", 1)] {
            let first = try client.page(entity.list, size: size, tags: tags)
            let next: String = try #require(first.offset)
            let second = try client.page(entity.list, size: size, offset: next, tags: tags)
            #expect(first.data.count == size && second.data.count == size && second.offset == nil, "\(entity.list)")
            #expect(Set(first.data).isDisjoint(with: second.data))
        }
        for one in created { try client.delete(entity.path, one["id"]?.stringValue ?? "") }
    }
}
