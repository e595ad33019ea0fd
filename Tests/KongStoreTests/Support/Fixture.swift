import Foundation
import KongCore
import KongTesting
import Synchronization
import Testing

@testable import KongStore

/// A store over a file in a folder of its own, with a clock that stands still and a sink that remembers.
final class Fixture: Sendable {
    let folder: String
    let store: EntityStore
    let sink: RecordingSink
    let clock: Clock

    var path: String { folder + "/kong.db" }

    enum Kind: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case sqlite, postgres, memory
        var testDescription: String { rawValue }
    }

    /// The databases of this machine that clients can write to.
    static let databases: [Kind] = PostgresServer.isInstalled ? [.sqlite, .postgres] : [.sqlite]

    init(_ kind: Kind = .sqlite, layout: Layout = Layout()) async throws {
        folder = NSTemporaryDirectory() + "kong-store-" + RandomText.uuid()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        clock = Clock()
        sink = RecordingSink()
        let backend: any Backend
        switch kind {
        case .sqlite: backend = try SQLiteBackend(path: folder + "/kong.db", layout: layout)
        case .memory: backend = try SQLiteBackend.inMemory(layout: layout)
        case .postgres:
            let settings = try #require(PostgresServer.shared).freshDatabase()
            try PostgresMigrations(settings).bootstrap()
            backend = try PostgresBackend(settings, layout: layout)
        }
        store = EntityStore(backend: backend, context: clock.context, sink: sink)
        try await store.start()
    }

    deinit {
        store.stop()
        store.backend.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A service, by name; returns its id.
    @discardableResult
    func service(_ name: String, _ more: JSONObject = [:]) async throws -> String {
        try await add("services", more.merging(["name": .string(name), "host": "h.test"]) { given, _ in given })
    }

    /// An entity with a fresh id; returns the id.
    @discardableResult
    func add(_ entity: String, _ fields: JSONObject) async throws -> String {
        var fields = fields
        if entity == "certificates", store.layout.find(entity)?.column(field: "key") != nil { fields["key"] = "k" }
        if entity == "routes" { fields["paths"] = fields["paths"] ?? ["/"] }
        let id = fields["id"]?.stringValue ?? RandomText.uuid()
        fields["id"] = .string(id)
        try await store.insert(entity, fields)
        return id
    }

    func names(_ entity: String, _ field: String = "name") async throws -> Set<String> {
        Set(try await store.page(entity, PageRequest(size: 1000)).data.compactMap { $0[field]?.stringValue })
    }
}

final class Clock: Sendable {
    // Near the real time: Postgres' own clean-up goes by that.
    private let time = Mutex(Date().timeIntervalSince1970.rounded(.down))
    var now: Double { time.withLock { $0 } }
    func advance(_ seconds: Double) { time.withLock { $0 += seconds } }

    var context: SchemaContext {
        SchemaContext(plugins: TestPlugins(), enabledPlugins: ["key-auth", "cors"], now: { [self] in now })
    }
}

/// Holds what a snapshot would hold, and can be told to fail.
final class RecordingSink: ChangeSink, Sendable {
    struct State {
        var version: Int64?
        var origin: ConfigurationOrigin?
        var entities: [String: JSONObject] = [:]
        var changes: [EntityChange] = []
        var rebuilds = 0
        var failStage = false
        var failCommit = false
        var failRebuild = false
        var isDamaged = false
    }

    let state = Mutex(State())

    struct Refused: Error {}

    func stage(_ changes: [EntityChange], version: Int64) throws -> any StagedChanges {
        if state.withLock({ $0.failStage }) { throw DataError.unavailable("the snapshot is full") }
        return Staged(sink: self, changes: changes, version: version)
    }

    func version() throws -> Int64? { state.withLock { $0.version } }

    func origin() throws -> ConfigurationOrigin? { state.withLock { $0.origin } }

    func adopt(_ origin: ConfigurationOrigin) throws { state.withLock { $0.origin = origin } }

    func stageAll(
        version: Int64, origin: ConfigurationOrigin?, _ feed: (_ emit: (EntityChange) throws -> Void) throws -> Void
    ) throws -> any StagedChanges {
        if state.withLock({ $0.failRebuild }) { throw Refused() }
        var entities: [String: JSONObject] = [:]
        try feed { change in
            if case .upsert(let fields) = change.operation { entities["\(change.entity) \(change.id)"] = fields }
        }
        return StagedWhole(sink: self, entities: entities, version: version, origin: origin)
    }

    func isDamaged() -> Bool { state.withLock { $0.isDamaged } }

    struct StagedWhole: StagedChanges {
        let sink: RecordingSink
        let entities: [String: JSONObject]
        let version: Int64
        let origin: ConfigurationOrigin?

        func abort() {}

        func commit() throws {
            sink.state.withLock {
                $0.entities = entities
                $0.version = version
                $0.origin = origin
                $0.rebuilds += 1
                $0.isDamaged = false
            }
        }
    }

    struct Staged: StagedChanges {
        let sink: RecordingSink
        let changes: [EntityChange]
        let version: Int64

        func abort() {}

        func commit() throws {
            try sink.state.withLock { state in
                if state.failCommit { throw Refused() }
                for change in changes {
                    switch change.operation {
                    case .upsert(let fields): state.entities["\(change.entity) \(change.id)"] = fields
                    case .delete: state.entities["\(change.entity) \(change.id)"] = nil
                    }
                }
                state.changes += changes
                state.version = version
            }
        }
    }

    /// The changes since the last call, as `entity:operation`.
    func take() -> [String] {
        state.withLock { state in
            defer { state.changes = [] }
            return state.changes.map {
                if case .delete = $0.operation { "\($0.entity):delete" } else { "\($0.entity):upsert" }
            }
        }
    }
}

/// The error that `body` gives.
func refusal(_ body: () async throws -> some Any) async -> DataError? {
    do {
        _ = try await body()
        return nil
    } catch { return error as? DataError }
}
