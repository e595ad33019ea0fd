import CLMDB
import KongCore

/// A worker's view of the snapshot. One per process, on one thread.
///
/// A transaction is held for the length of one `read`, microseconds, never across a wait: a reader that
/// lingers keeps the file from reusing pages.
public final class SnapshotReader {
    private let environment: SnapshotEnvironment
    private let transaction: OpaquePointer

    /// - Parameters:
    ///   - path: the directory of the snapshot.
    ///   - mapSize: bytes; at least what the writer uses.
    public convenience init(path: String, mapSize: Int) throws {
        try self.init(SnapshotEnvironment(path: path, mapSize: mapSize, readOnly: true))
    }

    /// On an environment that is open already: LMDB forbids opening one file twice in a process.
    init(_ environment: SnapshotEnvironment) throws {
        self.environment = environment
        var made: OpaquePointer?
        try check("begin", mdb_txn_begin(environment.env, nil, UInt32(MDB_RDONLY), &made))
        guard let made else { throw SnapshotError.from("begin", 12) }
        transaction = made
        mdb_txn_reset(transaction)
        if let format = try read({ $0.metaValue("format") }), format != SnapshotLayout.format {
            throw SnapshotError.damaged("format \(format), expected \(SnapshotLayout.format)")
        }
    }

    deinit { mdb_txn_abort(transaction) }

    /// A number that moves with every commit; cheap enough for every request.
    @inline(__always)
    public var lastTransaction: Int { environment.lastTransaction }

    /// Runs `body` on one consistent state of the configuration.
    public func read<R>(_ body: (SnapshotView) throws -> R) throws -> R {
        try check("renew", mdb_txn_renew(transaction))
        defer { mdb_txn_reset(transaction) }
        return try body(SnapshotView(environment, transaction))
    }
}

/// One consistent state. Bytes that it hands out die with the `read` that made it.
public struct SnapshotView {
    private let environment: SnapshotEnvironment
    private let handle: OpaquePointer

    init(_ environment: SnapshotEnvironment, _ transaction: OpaquePointer) {
        self.environment = environment
        handle = transaction
    }

    /// The store's version that this state holds.
    public var version: Int64 { Int64(bitPattern: metaValue("version") ?? 0) }
    /// The number of the last change.
    public var sequence: UInt64 { metaValue("seq") ?? 0 }
    /// Changes whenever the whole configuration was replaced.
    public var epoch: UInt64 { metaValue("epoch") ?? 0 }

    /// The transaction that made this state (`SnapshotReader.lastTransaction` at that moment).
    public var transaction: Int { mdb_txn_id(handle) }

    func metaValue(_ name: String) -> UInt64? {
        get(environment.meta, Array(name.utf8)).flatMap { SnapshotLayout.uint64($0) }
    }

    /// The shared store that this state came from.
    var origin: ConfigurationOrigin? {
        guard let address = get(environment.meta, Array("origin".utf8)),
            let identity = get(environment.meta, Array("identity".utf8))
        else { return nil }
        return ConfigurationOrigin(
            address: String(decoding: address, as: UTF8.self), identity: String(decoding: identity, as: UTF8.self))
    }

    /// The record as it lies in the map.
    public func row(_ entity: String, _ id: UUIDBytes) -> UnsafeRawBufferPointer? {
        get(environment.rows, SnapshotLayout.row(entity, id))
    }

    public func record(_ entity: String, _ id: UUIDBytes) -> JSONObject? {
        guard let bytes = row(entity, id) else { return nil }
        var reader = RowReader(bytes)
        return reader.value()?.objectValue
    }

    /// The id of the entity whose unique field has this value.
    public func find(_ entity: String, _ field: String, _ value: UnsafeBufferPointer<UInt8>) -> UUIDBytes? {
        get(environment.index, SnapshotLayout.unique(entity, field, value)).flatMap { SnapshotLayout.id($0) }
    }

    /// The ids of the entities whose foreign field names this parent, ascending.
    public func children(_ entity: String, _ field: String, of parent: UUIDBytes) -> [UUIDBytes] {
        var out: [UUIDBytes] = []
        let prefix = SnapshotLayout.foreign(entity, field, parent, nil)
        scan(environment.index, from: prefix) { key, _ in
            guard key.count == prefix.count + 16, key.starts(with: prefix) else { return false }
            if let id = SnapshotLayout.id(key, at: prefix.count) { out.append(id) }
            return true
        }
        return out
    }

    /// Every record of an entity, ascending by id.
    public func forEach(_ entity: String, _ body: (_ id: UUIDBytes, _ row: UnsafeRawBufferPointer) -> Void) {
        let prefix = SnapshotLayout.rowPrefix(entity)
        scan(environment.rows, from: prefix) { key, value in
            guard key.count == prefix.count + 16, key.starts(with: prefix) else { return false }
            if let id = SnapshotLayout.id(key, at: prefix.count) { body(id, value) }
            return true
        }
    }

    public struct Change: Sendable {
        public var entity: String
        public var id: UUIDBytes
    }

    /// What changed after `sequence`, oldest first; nil when the log does not reach back that far.
    public func changes(after sequence: UInt64) -> [Change]? {
        let last = self.sequence
        guard sequence < last else { return sequence == last ? [] : nil }
        var key: [UInt8] = []
        SnapshotLayout.append(sequence &+ 1, to: &key)
        var out: [Change] = []
        var expected = sequence &+ 1
        var whole = true
        scan(environment.changes, from: key) { key, value in
            guard SnapshotLayout.uint64(key) == expected, value.count > 17, let id = SnapshotLayout.id(value, at: 1)
            else {
                whole = false
                return false
            }
            expected &+= 1
            out.append(Change(entity: String(decoding: value[17...], as: UTF8.self), id: id))
            return true
        }
        return whole && expected == last &+ 1 ? out : nil
    }

    private func get(_ database: MDB_dbi, _ key: [UInt8]) -> UnsafeRawBufferPointer? {
        withValue(key) { key in
            var value = MDB_val()
            return mdb_get(handle, database, &key, &value) == 0 ? value.bytes : nil
        }
    }

    private func scan(
        _ database: MDB_dbi, from start: [UInt8],
        _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool
    ) {
        var cursor: OpaquePointer?
        guard mdb_cursor_open(handle, database, &cursor) == 0 else { return }
        defer { mdb_cursor_close(cursor) }
        withValue(start) { key in
            var value = MDB_val()
            var code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE)
            while code == 0, body(key.bytes, value.bytes) { code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT) }
        }
    }
}
