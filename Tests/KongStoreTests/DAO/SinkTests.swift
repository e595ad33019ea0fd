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

    @Test(
        "a batch that is stored but not shown is not run again: 503 for each, stored once", arguments: Fixture.databases
    )
    func storedOnce(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        fixture.sink.state.withLock {
            $0.failCommit = true; $0.failRebuild = true
        }
        let answers = await withTaskGroup(of: DataError?.self) { group in
            for number in 0..<20 {
                // No id is given: run twice, it would be there twice.
                group.addTask { await refusal { try await fixture.store.insert("upstreams", ["name": "u\(number)"]) } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        // Once one is stored and not shown, the rest may be refused before they are stored.
        for answer in answers { #expect(answer?.httpStatus == 503) }
        let stored = answers.count { $0?.message.hasPrefix("stored, but not in force: ") == true }
        #expect(stored > 0)
        #expect(try await fixture.store.count("upstreams") == stored)
        fixture.sink.state.withLock {
            $0.failCommit = false; $0.failRebuild = false
        }
        // On a shared database a notification may be quicker.
        #expect(try await fixture.store.catchUp() || kind == .postgres)
        let shown = fixture.sink.state.withLock { $0.entities.keys.count { $0.hasPrefix("upstreams ") } }
        #expect(shown == stored)
    }

    @Test("a sink that is found damaged is made anew: by the next write, and without one", arguments: Fixture.databases)
    func damaged(_ kind: Fixture.Kind) async throws {
        let fixture = try await Fixture(kind)
        try await fixture.service("a")
        let before = fixture.sink.state.withLock { $0.rebuilds }
        fixture.sink.state.withLock {
            $0.isDamaged = true; $0.entities = [:]
        }
        try await fixture.service("b")
        let held = { fixture.sink.state.withLock { $0.entities.values.count { $0["host"] != nil } } }
        #expect(held() == 2)
        fixture.sink.state.withLock {
            $0.isDamaged = true; $0.entities = [:]
        }
        // On a shared database a notification may be quicker.
        _ = try await fixture.store.catchUp()
        #expect(held() == 2)
        #expect(fixture.sink.state.withLock { $0.rebuilds } == before + 2)
        #expect(try await fixture.store.catchUp() == false)
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
