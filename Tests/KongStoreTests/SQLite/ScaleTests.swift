import KongCore
import Testing

@testable import KongStore

@Suite("what must not grow with the number of entities")
struct ScaleTests {
    private func plan(_ fixture: Fixture, _ query: @escaping @Sendable (Layout) throws -> Query) async throws
        -> [String]
    {
        let layout = fixture.store.layout
        return try await fixture.store.read { session in
            try #require(session as? SQLiteSession).plan(of: query(layout))
        }
    }

    /// Steps of a plan that look at every row, or gather rows to sort them.
    private func growing(_ plan: [String]) -> [String] {
        plan.filter { $0.hasPrefix("SCAN") || $0.contains("TEMP B-TREE") }
    }

    @Test("a page at the end of the list starts where the last one ended, in every table")
    func pages() async throws {
        let fixture = try await Fixture()
        for table in fixture.store.layout.tables {
            let first = try await plan(fixture) { _ in Query(table, limit: 1001, now: 0) }
            #expect(first.allSatisfy { !$0.contains("TEMP B-TREE") }, "\(table.name): \(first)")
            let later = try await plan(fixture) { _ in Query(table, after: "f", limit: 1001, now: 0) }
            #expect(growing(later).isEmpty, "\(table.name): \(later)")
        }
    }

    @Test("the children of one parent, by every foreign key, from anywhere in the list")
    func children() async throws {
        let fixture = try await Fixture()
        for table in fixture.store.layout.tables {
            for column in table.columns where column.kind == .foreign {
                let filter = Query.Filter.equals(column: column.name, .string("p"))
                let found = try await plan(fixture) { _ in Query(table, [filter], after: "f", limit: 1001, now: 0) }
                #expect(growing(found).isEmpty, "\(table.name).\(column.name): \(found)")
            }
        }
    }

    @Test("what a write looks up: keys, unique fields, cache keys, tags, what has expired")
    func writes() async throws {
        let fixture = try await Fixture()
        for table in fixture.store.layout.tables {
            var filters: [Query.Filter] = [.equals(column: table.key, .string("k"))]
            filters += table.columns.filter(\.unique).map { .equals(column: $0.name, .string("v")) }
            if table.hasCacheKey { filters.append(.equals(column: "cache_key", .string("v"))) }
            if table.hasTTL { filters.append(.expired(before: 1)) }
            for filter in filters {
                let found = try await plan(fixture) { _ in Query(table, [filter], limit: 1, now: nil) }
                #expect(growing(found).isEmpty, "\(table.name) by \(filter): \(found)")
            }
        }
        let tagged = try await plan(fixture) { layout in
            let filter = TagFilter(.all, ["a"])
            return Query(try layout.table("services"), [.tags(filter)], after: "f", limit: 1001, now: 0)
        }
        #expect(growing(tagged.filter { !$0.contains("LIST SUBQUERY") }).isEmpty, "\(tagged)")
    }

    @Test("the plugins in use are found by steps through an index", arguments: Fixture.databases)
    func distinct(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        #expect(try await fixture.store.values(of: "name", in: "plugins").isEmpty)
        for name in ["key-auth", "cors", "key-auth"] {
            let service = try await fixture.service("\(name)-\(RandomText.uuid())")
            try await fixture.add("plugins", ["name": .string(name), "service": ["id": .string(service)]])
        }
        #expect(try await fixture.store.values(of: "name", in: "plugins") == ["cors", "key-auth"])
        guard kind == .sqlite else { return }
        let table = try fixture.store.layout.table("plugins")
        let plan = try await fixture.store.read { session in
            try #require(session as? SQLiteSession).plan(of: DistinctValues.sql("name", of: table))
        }
        #expect(growing(plan).filter { $0 != "SCAN steps" }.isEmpty, "\(plan)")
    }
}
