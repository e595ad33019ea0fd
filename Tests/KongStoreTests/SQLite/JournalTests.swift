import Foundation
import KongCore
import Testing

@testable import KongStore

@Suite("a journal that is not as it was written: no acknowledged change goes without a word")
struct JournalTests {
    private static let services = 60

    /// What a killed process leaves: the store, its journal with every change, its seal.
    private final class Remains {
        let folder: String
        let files: [String: [UInt8]]

        init() async throws {
            folder = NSTemporaryDirectory() + "kong-journal-" + RandomText.uuid()
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let backend = try SQLiteBackend(path: folder + "/kong.db", layout: TestEntities.layout)
            let store = EntityStore(backend: backend, context: Clock().context, sink: nil)
            for number in 0..<JournalTests.services {
                try await store.insert(
                    "services",
                    ["id": .string(RandomText.uuid()), "name": .string("s\(number)"), "host": "h.test", "tags": ["t"]])
            }
            var files: [String: [UInt8]] = [:]
            for suffix in ["", "-wal", "-shm", "-seal"] {
                files[suffix] = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/kong.db" + suffix)))
            }
            self.files = files
            store.close()
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        /// How many services a start on these files finds; an error says what is wrong.
        func start(_ changed: [String: [UInt8]?]) async -> Result<Int, SQLiteError> {
            let path = folder + "/kong.db"
            for (suffix, bytes) in files.merging(changed.mapValues { $0 ?? [] }, uniquingKeysWith: { $1 }) {
                try? FileManager.default.removeItem(atPath: path + suffix)
                if let given = changed[suffix], given == nil { continue }
                FileManager.default.createFile(atPath: path + suffix, contents: Data(bytes))
            }
            do {
                let backend = try SQLiteBackend(path: path, layout: TestEntities.layout)
                let store = EntityStore(backend: backend, context: Clock().context, sink: nil)
                defer { store.close() }
                return .success(try await store.page("services", PageRequest(size: 1000)).data.count)
            } catch let error as SQLiteError { return .failure(error) } catch let error as DataError {
                return .failure(.damaged(path: path, detail: error.message))
            } catch {
                Issue.record("an error that says nothing: \(error)")
                return .failure(.damaged(path: path, detail: ""))
            }
        }
    }

    private func expectAllOrRefused(_ outcome: Result<Int, SQLiteError>, _ what: String) {
        if case .success(let count) = outcome { #expect(count == Self.services, "\(what)") }
    }

    @Test("untouched: everything is there; the shared memory is made anew from any garbage")
    func untouched() async throws {
        let remains = try await Remains()
        #expect(try await remains.start([:]).get() == Self.services)
        #expect(try await remains.start(["-shm": nil]).get() == Self.services)
        #expect(try await remains.start(["-shm": [UInt8](repeating: 0xA5, count: 32768)]).get() == Self.services)
    }

    @Test("cut anywhere")
    func cut() async throws {
        let remains = try await Remains()
        let journal = try #require(remains.files["-wal"])
        var random = SplitMix(state: 3)
        var refused = 0
        for round in 0..<40 {
            let length = round < 5 ? [0, 1, 31, 32, 33][round] : Int(random.next() % UInt64(journal.count))
            let outcome = await remains.start(["-wal": Array(journal.prefix(length)), "-shm": nil])
            expectAllOrRefused(outcome, "cut to \(length)")
            if case .failure = outcome { refused += 1 }
        }
        #expect(refused > 30)
    }

    @Test("a flipped bit anywhere")
    func flipped() async throws {
        let remains = try await Remains()
        let journal = try #require(remains.files["-wal"])
        var random = SplitMix(state: 4)
        var refused = 0
        for round in 0..<60 {
            var damaged = journal
            let place = round < 12 ? round * 5 : Int(random.next() % UInt64(journal.count))
            damaged[place] ^= 1 << UInt8(random.next() % 8)
            let outcome = await remains.start(["-wal": damaged, "-shm": nil])
            expectAllOrRefused(outcome, "bit in byte \(place)")
            if case .failure = outcome { refused += 1 }
        }
        #expect(refused > 30)
    }

    @Test("lost: refused with the number of changes and what to do; without the seal it goes on with what is there")
    func lost() async throws {
        let remains = try await Remains()
        let outcome = await remains.start(["-wal": nil, "-shm": nil])
        guard case .failure(let error) = outcome else {
            Issue.record("opened with \(outcome)")
            return
        }
        let path = remains.folder + "/kong.db"
        #expect(
            error.description
                == "\(path) lacks \(Self.services) acknowledged changes: its journal \(path)-wal was damaged or lost, or an "
                + "older backup was put in its place; restore a newer backup, or remove \(path)-seal to go on without them"
        )
        // Saying so once is not enough.
        #expect(throws: SQLiteError.self) { try SQLiteBackend(path: path, layout: TestEntities.layout) }
        #expect(try await remains.start(["-wal": nil, "-shm": nil, "-seal": nil]).get() == 0)
    }

    @Test("a store that is gone while its journal or seal is there does not come back empty")
    func gone() async throws {
        let remains = try await Remains()
        for left in ["-wal", "-seal"] {
            let other = left == "-wal" ? "-seal" : "-wal"
            let outcome = await remains.start(["": nil, "-shm": nil, other: nil])
            #expect(throws: SQLiteError.self) { try outcome.get() }
            #expect(!FileManager.default.fileExists(atPath: remains.folder + "/kong.db"))
        }
    }

    @Test("a damaged or missing seal does not stand in the way; another store's says nothing about this one")
    func seal() async throws {
        let remains = try await Remains()
        let seal = try #require(remains.files["-seal"])
        for byte in seal.indices {
            var damaged = seal
            damaged[byte] ^= 0x10
            if byte % 5 == 0 { #expect(try await remains.start(["-seal": damaged]).get() == Self.services) }
        }
        #expect(try await remains.start(["-seal": nil]).get() == Self.services)
        #expect(try await remains.start(["-seal": Array("short".utf8)]).get() == Self.services)
        let other = try await Remains()
        #expect(try await remains.start(["-seal": other.files["-seal"] ?? []]).get() == Self.services)
    }
}
