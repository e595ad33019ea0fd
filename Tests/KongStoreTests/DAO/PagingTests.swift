import KongCore
import Testing

@testable import KongStore

@Suite("lists")
struct PagingTests {
    @Test("pages follow one another by primary key, whatever their sizes", arguments: Fixture.databases)
    func pages(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        for number in 0..<25 { try await fixture.service("s\(number)") }
        var seen: [String] = []
        var offset: String?
        for size in [10, 3, 100] {
            let page = try await fixture.store.page("services", PageRequest(size: size, offset: offset))
            seen += page.data.compactMap { $0["id"]?.stringValue }
            offset = page.offset
        }
        #expect(offset == nil)
        #expect(seen.count == 25)
        #expect(seen == seen.sorted())
    }

    @Test("an offset is base64 of a JSON array; others are code 7, sizes code 9", arguments: Fixture.databases)
    func offsets(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        for number in 0..<2 { try await fixture.service("s\(number)") }
        let page = try await fixture.store.page("services", PageRequest(size: 1))
        let id = try #require(page.data.first?["id"]?.stringValue)
        #expect(try PageOffset.decode(page.offset ?? "", count: 1) == [id])
        #expect(page.offset?.contains("=") == false)
        let bad = await refusal { try await fixture.store.page("services", PageRequest(offset: "*")) }
        #expect(bad?.code == 7)
        #expect(bad?.message == "'*' is not a valid offset: bad base64 encoding")
        let notJSON = await refusal { try await fixture.store.page("services", PageRequest(offset: "YWJj")) }
        #expect(notJSON?.message == "'YWJj' is not a valid offset: bad json encoding")
        let size = await refusal { try await fixture.store.page("services", PageRequest(size: 0)) }
        #expect(size?.message == "size must be an integer between 1 and 1000")
    }

    @Test("children of one parent, and tags with and and or", arguments: Fixture.databases)
    func filters(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let one = try await fixture.service("one", ["tags": ["a", "b"]])
        let two = try await fixture.service("two", ["tags": ["b"]])
        try await fixture.service("three", ["tags": ["c"]])
        try await fixture.add("routes", ["name": "r1", "service": ["id": .string(one)]])
        try await fixture.add("routes", ["name": "r2", "service": ["id": .string(two)]])
        let children = try await fixture.store.page("routes", PageRequest(parent: ("service", one)))
        #expect(children.data.map { $0["name"] } == ["r1"])
        func names(_ filter: String) async throws -> Set<String> {
            let request = PageRequest(tags: try TagFilter(parsing: filter))
            return Set(try await fixture.store.page("services", request).data.compactMap { $0["name"]?.stringValue })
        }
        #expect(try await names("b") == ["one", "two"])
        #expect(try await names("a,b") == ["one"])
        #expect(try await names("a/c") == ["one", "three"])
        try await fixture.store.update("services", id: two, ["tags": ["c"]])
        #expect(try await names("b") == ["one"])
    }

    @Test("a page of one tag goes on where the last one ended", arguments: Fixture.databases)
    func tagPages(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        for number in 0..<30 { try await fixture.service("s\(number)", ["tags": number % 3 == 0 ? ["t"] : ["u"]]) }
        var found = 0
        var offset: String?
        repeat {
            let request = PageRequest(size: 4, offset: offset, tags: TagFilter(.all, ["t"]))
            let page = try await fixture.store.page("services", request)
            found += page.data.count
            offset = page.offset
        } while offset != nil
        #expect(found == 10)
    }

    @Test(
        "bad tag filters are code 11",
        arguments: [
            ("", "cannot be null"), ("a,b/c", "invalid filter syntax"),
            ("a,b,c,d,e,f", "cannot query more than 5 tags"),
            ("a\u{7}", "must only contain printable ascii (except `,` and `/`) or valid utf-8"),
        ])
    func badFilters(text: String, reason: String) {
        #expect {
            try TagFilter(parsing: text)
        } throws: {
            ($0 as? DataError)?.message == "invalid option (tags: \(reason))"
        }
    }

    @Test("/tags lists one row per entity and tag, and refuses what is no tag", arguments: Fixture.databases)
    func tags(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let service = try await fixture.service("s", ["tags": ["a", "b"]])
        try await fixture.add("consumers", ["username": "c", "tags": ["b", "ü"]])
        #expect(try await fixture.store.page("tags").data.count == 4)
        let rows = try await fixture.store.tags(named: "a").data
        #expect(rows == [["entity_id": .string(service), "entity_name": "services", "tag": "a"]])
        let page = try await fixture.store.tags(request: PageRequest(size: 3))
        let rest = try await fixture.store.tags(request: PageRequest(size: 3, offset: page.offset))
        #expect(page.data.count == 3)
        #expect(rest.data.count == 1)
        let bad = await refusal { try await fixture.store.tags(named: "a,b") }
        #expect(bad?.code == 10)
        #expect(
            bad?.message
                == "invalid tag 'a,b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences")
        let write = await refusal { try await fixture.store.insert("tags", ["tag": "a"]) }
        #expect(
            write?.message == "schema violation (tags: does not support insert/upsert/update/delete operations)")
        try await fixture.store.delete("services", id: service)
        #expect(try await fixture.store.page("tags").data.count == 2)
    }
}
