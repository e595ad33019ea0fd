import Foundation
import KongCore
import Testing

@testable import KongStore

@Suite("a store that cannot be written")
struct RefusalTests {
    @Test("a full disk is 503 and says so; nothing is lost, and writing goes on when there is room")
    func full() async throws {
        let fixture = try await Fixture()
        try await fixture.service("before")
        let backend = try #require(fixture.store.backend as? SQLiteBackend)
        let pages = try backend.pragma("page_count")
        try backend.execute("PRAGMA max_page_count = \(pages + 4)")
        var refused: DataError?
        var kept = 1
        for number in 0..<500 where refused == nil {
            refused = await refusal {
                try await fixture.service("s\(number)", ["tags": [.string(String(repeating: "x", count: 500))]])
            }
            if refused == nil { kept += 1 }
        }
        #expect(refused?.httpStatus == 503)
        #expect(
            refused?.message == "\(fixture.path) cannot be written: the disk is full; free some space and try again")
        #expect(try await fixture.store.count("services") == kept)
        #expect(fixture.sink.state.withLock { $0.entities.values.count { $0["host"] != nil } } == kept)
        try backend.execute("PRAGMA max_page_count = 1000000")
        try await fixture.service("after")
    }

    @Test("a read-only database is 503 and says so")
    func readOnly() async throws {
        let fixture = try await Fixture()
        let backend = try #require(fixture.store.backend as? SQLiteBackend)
        try backend.execute("PRAGMA query_only = ON")
        let refused = await refusal { try await fixture.service("a") }
        #expect(
            refused?.message == "\(fixture.path) is read-only: check the owner and mode of the file and its directory")
        try backend.execute("PRAGMA query_only = OFF")
        try await fixture.service("a")
    }

    @Test("another process that writes the file is noticed: the sink is rebuilt")
    func otherProcess() async throws {
        let fixture = try await Fixture()
        try await fixture.service("a")
        let other = EntityStore(
            backend: try SQLiteBackend(path: fixture.path), context: fixture.clock.context,
            sink: nil)
        try await other.insert("services", ["id": .string(RandomText.uuid()), "name": "b", "host": "h.test"])
        let held = { fixture.sink.state.withLock { $0.entities.values.count { $0["host"] != nil } } }
        #expect(held() == 1)
        #expect(try await fixture.store.catchUp())
        #expect(held() == 2)
        #expect(try await fixture.store.catchUp() == false)
        try await other.insert("services", ["id": .string(RandomText.uuid()), "name": "c", "host": "h.test"])
        try await fixture.service("d")
        #expect(held() == 4)
        other.stop()
    }

    @Test("another process holds the write lock: everybody gets 503 within one waiting time, reads go on")
    func locked() async throws {
        let fixture = try await Fixture()
        try await fixture.service("a")
        let other = try SQLiteBackend(path: fixture.path)
        let (held, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let holder = Thread {
            try? other.write { session in
                try session.begin(consistent: false)
                held.signal()
                release.wait()
                session.rollback()
            }
        }
        holder.start()
        await wait(for: held)
        let start = ContinuousClock.now
        let answers = await withTaskGroup(of: DataError?.self) { group in
            for number in 0..<30 { group.addTask { await refusal { try await fixture.service("s\(number)") } } }
            group.addTask { await refusal { _ = try await fixture.store.page("services") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        // The first may be alone in its batch; all others share the next, and those that a busy machine has begun
        // late another. One after the other they would take 150 s.
        #expect(ContinuousClock.now - start < .seconds(140))
        #expect(answers.count { $0 == nil } == 1)
        for case let answer? in answers {
            #expect(answer.httpStatus == 503)
            #expect(answer.message == "\(fixture.path) is locked by another process: try again")
        }
        release.signal()
        try await fixture.service("b")
        #expect(try await fixture.names("services") == ["a", "b"])
    }

    private func wait(for semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                semaphore.wait()
                continuation.resume()
            }
        }
    }
}
