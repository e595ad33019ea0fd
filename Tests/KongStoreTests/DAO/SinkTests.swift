import KongCore
import Testing

@testable import KongStore

@Suite("the change sink")
struct SinkTests {
    @Test("a sink that cannot stage refuses the write and leaves nothing in the store", arguments: Fixture.databases)
    func stageFails(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        fixture.sink.state.withLock { $0.failStage = true }
        let error = await refusal { try await fixture.service("a") }
        #expect(error?.httpStatus == 503)
        #expect(error?.message == "the snapshot is full")
        #expect(try await fixture.store.page("services").data.isEmpty)
        fixture.sink.state.withLock { $0.failStage = false }
        try await fixture.service("a")
    }

    @Test("a sink whose commit fails is rebuilt before the answer", arguments: Fixture.databases)
    func commitFails(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let before = fixture.sink.state.withLock { $0.rebuilds }
        fixture.sink.state.withLock { $0.failCommit = true }
        let id = try await fixture.service("a")
        #expect(fixture.sink.state.withLock { $0.rebuilds } == before + 1)
        #expect(fixture.sink.state.withLock { $0.entities["services \(id)"] } != nil)
    }

    @Test(
        "a sink that cannot even be rebuilt says 503, and the next write brings it up to date",
        arguments: Fixture.databases)
    func rebuildFails(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        fixture.sink.state.withLock {
            $0.failCommit = true; $0.failRebuild = true
        }
        let error = await refusal { try await fixture.service("a") }
        #expect(error?.httpStatus == 503)
        fixture.sink.state.withLock {
            $0.failCommit = false; $0.failRebuild = false
        }
        try await fixture.service("b")
        let names = fixture.sink.state.withLock {
            $0.entities.values.compactMap { $0["host"] == nil ? nil : $0["name"] }
        }
        #expect(Set(names) == ["a", "b"])
    }

    @Test("start rebuilds a sink of another version and leaves a current one alone", arguments: Fixture.databases)
    func start(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        try await fixture.service("a")
        let rebuilds = fixture.sink.state.withLock { $0.rebuilds }
        try await fixture.store.start()
        #expect(fixture.sink.state.withLock { $0.rebuilds } == rebuilds)
        fixture.sink.state.withLock {
            $0.version = 1; $0.entities = [:]
        }
        try await fixture.store.start()
        #expect(fixture.sink.state.withLock { $0.rebuilds } == rebuilds + 1)
        #expect(fixture.sink.state.withLock { $0.entities.count } >= 1)
    }

    @Test("concurrent writers share commits; each gets its own answer", arguments: Fixture.databases)
    func batches(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        let outcomes = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 0..<200 {
                group.addTask { await refusal { try await fixture.service("s\(number % 100)") }?.code }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 100)
        #expect(outcomes.count { $0 == 5 } == 100)
        #expect(try await fixture.store.page("services", PageRequest(size: 1000)).data.count == 100)
        let held = fixture.sink.state.withLock { $0.entities.values.count { $0["host"] != nil } }
        #expect(held == 100)
    }
}
