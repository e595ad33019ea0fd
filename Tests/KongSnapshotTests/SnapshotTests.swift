import Foundation
import KongCore
import Testing

@testable import KongSnapshot

@Suite("Snapshot")
struct SnapshotTests {
    static func temporary() -> String {
        let path = NSTemporaryDirectory() + "snapshot-" + UUID().uuidString
        return path
    }

    static func service(_ id: String, name: String) -> EntityChange {
        EntityChange(
            entity: "services", id: id,
            operation: .upsert([
                "id": .string(id), "name": .string(name), "host": "127.0.0.1", "port": 80, "path": .null,
            ]))
    }

    static func commit(_ writer: SnapshotWriter, _ changes: [EntityChange], version: Int64) throws {
        try writer.stage(changes, version: version).commit()
    }

    @Test("a committed row is found by id and by its unique field")
    func find() throws {
        let path = Self.temporary()
        let writer = try SnapshotWriter(path: path, mapSize: 16 << 20)
        try writer.rebuild(version: 1) { _ in }
        let id = UUID().uuidString.lowercased()
        try Self.commit(writer, [Self.service(id, name: "a")], version: 2)
        let bytes = try #require(UUIDBytes(id.utf8))
        try Self.read(writer) { view in
            #expect(view.version == 2)
            #expect(view.record("services", bytes)?["name"] == "a")
            let name = Array("a".utf8)
            #expect(name.withUnsafeBufferPointer { view.find("services", "name", $0) } == bytes)
        }
    }

    @Test("a renamed row is not found by its old name")
    func rename() throws {
        let path = Self.temporary()
        let writer = try SnapshotWriter(path: path, mapSize: 16 << 20)
        try writer.rebuild(version: 1) { _ in }
        let id = UUID().uuidString.lowercased()
        try Self.commit(writer, [Self.service(id, name: "a")], version: 2)
        try Self.commit(writer, [Self.service(id, name: "b")], version: 3)
        try Self.read(writer) { view in
            let old = Array("a".utf8)
            let new = Array("b".utf8)
            #expect(old.withUnsafeBufferPointer { view.find("services", "name", $0) } == nil)
            #expect(new.withUnsafeBufferPointer { view.find("services", "name", $0) } != nil)
        }
    }

    @Test("the change log names what changed since, and nothing when it does not reach back")
    func changes() throws {
        let path = Self.temporary()
        let writer = try SnapshotWriter(path: path, mapSize: 16 << 20)
        try writer.rebuild(version: 1) { _ in }
        let ids = (0..<3).map { _ in UUID().uuidString.lowercased() }
        var start: UInt64 = 0
        try Self.read(writer) { start = $0.sequence }
        for (number, id) in ids.enumerated() {
            try Self.commit(writer, [Self.service(id, name: "s\(number)")], version: Int64(number + 2))
        }
        try Self.read(writer) { view in
            #expect(view.changes(after: start)?.map(\.id.string) == ids)
            #expect(view.changes(after: view.sequence)?.isEmpty == true)
            #expect(view.changes(after: view.sequence + 1) == nil)
        }
    }

    @Test("an aborted stage leaves nothing behind")
    func abort() throws {
        let path = Self.temporary()
        let writer = try SnapshotWriter(path: path, mapSize: 16 << 20)
        try writer.rebuild(version: 1) { _ in }
        let id = UUID().uuidString.lowercased()
        try writer.stage([Self.service(id, name: "a")], version: 2).abort()
        #expect(try writer.version() == 1)
    }

    @Test("a map that is full refuses the change and keeps the old state")
    func full() throws {
        let path = Self.temporary()
        let writer = try SnapshotWriter(path: path, mapSize: 1 << 20)
        try writer.rebuild(version: 1) { _ in }
        var refused = false
        for number in 0..<20_000 {
            do {
                try Self.commit(writer, [Self.service(UUID().uuidString.lowercased(), name: "s\(number)")], version: 2)
            } catch SnapshotError.full {
                refused = true
                break
            }
        }
        #expect(refused)
        #expect(try writer.version() == 2)
    }

    @Test("a damaged file is made anew, never read as empty")
    func damaged() throws {
        let path = Self.temporary()
        do {
            let writer = try SnapshotWriter(path: path, mapSize: 16 << 20)
            try writer.rebuild(version: 7) { emit in try emit(Self.service(UUID().uuidString.lowercased(), name: "a")) }
        }
        try Data(repeating: 0x5A, count: 40_000).write(to: URL(fileURLWithPath: path + "/data.mdb"))
        let writer = try SnapshotWriter(path: path, mapSize: 16 << 20)
        #expect(try writer.version() == nil)
    }

    @Test("whose configuration it holds is told without opening it for writing, and only if it can be served")
    func origin() throws {
        let path = Self.temporary(), size = 16 << 20
        #expect(SnapshotWriter.origin(at: path, mapSize: size) == nil)
        let first = ConfigurationOrigin(address: "postgres a:5432 kong", identity: "1")
        let moved = ConfigurationOrigin(address: "postgres b:5432 kong", identity: "1")
        do {
            let writer = try SnapshotWriter(path: path, mapSize: size)
            try writer.rebuild(version: 1, origin: first) { _ in }
            #expect(try writer.origin() == first)
            try writer.adopt(moved)
            try writer.sync()
        }
        #expect(SnapshotWriter.origin(at: path, mapSize: size) == moved)
        try SnapshotWriter(path: path, mapSize: size).rebuild(version: 2) { _ in }
        #expect(SnapshotWriter.origin(at: path, mapSize: size) == nil)
        try SnapshotWriter(path: path, mapSize: size).rebuild(version: 3, origin: first) { _ in }
        try Data(repeating: 0x5A, count: 40_000).write(to: URL(fileURLWithPath: path + "/data.mdb"))
        #expect(SnapshotWriter.origin(at: path, mapSize: size) == nil)
    }

    @Test("a value longer than a key is found by its hash")
    func longKey() throws {
        let path = Self.temporary()
        let writer = try SnapshotWriter(path: path, mapSize: 16 << 20)
        try writer.rebuild(version: 1) { _ in }
        let id = UUID().uuidString.lowercased()
        let key = String(repeating: "k", count: 2000)
        let change = EntityChange(
            entity: "keyauth_credentials", id: id, operation: .upsert(["id": .string(id), "key": .string(key)]))
        try Self.commit(writer, [change], version: 2)
        try Self.read(writer) { view in
            var key = key
            #expect(key.withUTF8 { view.find("keyauth_credentials", "key", $0) }?.string == id)
        }
    }

    @Test("values that change hands in one batch are found, in whatever order the rows come")
    func swap() throws {
        let writer = try SnapshotWriter(path: Self.temporary(), mapSize: 16 << 20)
        let ids = (0..<2).map { _ in UUID().uuidString.lowercased() }
        try writer.rebuild(version: 1) { emit in
            try emit(Self.service(ids[0], name: "a"))
            try emit(Self.service(ids[1], name: "b"))
        }
        try Self.commit(writer, [Self.service(ids[1], name: "a"), Self.service(ids[0], name: "c")], version: 2)
        try Self.read(writer) { view in
            func find(_ name: String) -> String? {
                Array(name.utf8).withUnsafeBufferPointer { view.find("services", "name", $0)?.string }
            }
            #expect(find("a") == ids[1])
            #expect(find("c") == ids[0])
            #expect(find("b") == nil)
            var sums: [[UInt8]: UInt64] = [:]
            view.forEachSum { sums[$0] = $1 }
            try view.addUp { sums[$0, default: 0] &-= $1 }
            #expect(sums.values.allSatisfy { $0 == 0 })
        }
    }

    @Test("everything anew goes on with the change log, so that a worker can follow meanwhile")
    func logAcrossRebuild() throws {
        let writer = try SnapshotWriter(path: Self.temporary(), mapSize: 16 << 20)
        try writer.rebuild(version: 1) { _ in }
        let id = UUID().uuidString.lowercased()
        var start: (sequence: UInt64, epoch: UInt64) = (0, 0)
        try Self.read(writer) { start = ($0.sequence, $0.epoch) }
        try Self.commit(writer, [Self.service(id, name: "a")], version: 2)
        try writer.rebuild(version: 3) { emit in try emit(Self.service(id, name: "b")) }
        try Self.read(writer) { view in
            #expect(view.epoch > start.epoch)
            #expect(view.changes(after: start.sequence)?.first?.id.string == id)
        }
    }

    @Test("a walk that is interrupted sees every row once")
    func walk() throws {
        let writer = try SnapshotWriter(path: Self.temporary(), mapSize: 16 << 20)
        try SnapshotFolder.fill(writer)
        try Self.read(writer) { view in
            for size in [1, 7, SnapshotFolder.rows, SnapshotFolder.rows + 1] {
                var walk = SnapshotView.Walk("services")
                var seen: [String] = []
                while !walk.isAtEnd { view.advance(&walk, rows: size) { id, _ in seen.append(id.string) } }
                #expect(seen == (0..<SnapshotFolder.rows).map { SnapshotFolder.id(1, $0) })
                #expect(view.isComplete(walk))
            }
        }
    }

    static func read(_ writer: SnapshotWriter, _ body: (SnapshotView) throws -> Void) throws {
        try SnapshotReader(writer.environment).read(body)
    }
}
