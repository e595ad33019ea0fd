import CLMDB
import KongCore

/// A worker's view of the snapshot. One per process, on one thread.
///
/// A transaction is held for the length of one `read`, microseconds, never across a wait: a reader that
/// lingers keeps the file from reusing pages.
public final class SnapshotReader {
    private let environment: SnapshotEnvironment
    private let transaction: OpaquePointer
    private let path: String
    private let identity: FileIdentity?
    private let report: LoadReport?
    /// Set where something is not as it was written.
    private let damage = UnsafeMutablePointer<Bool>.allocate(capacity: 1)
    /// Whether any read met damage: what this file does not have may only be missing.
    public private(set) var hasMetDamage = false

    /// - Parameters:
    ///   - path: the directory of the snapshot.
    ///   - mapSize: bytes; at least what the writer uses.
    ///   - report: is told of damage.
    /// - Throws: also while the snapshot has never been filled: it must not pass for an empty configuration.
    public convenience init(path: String, mapSize: Int, report: LoadReport? = nil) throws {
        // Before the file is opened: should it be replaced meanwhile, that is seen later.
        let identity = FileIdentity("\(path)/data.mdb")
        do {
            let environment = try SnapshotEnvironment(path: path, mapSize: mapSize, readOnly: true)
            try self.init(environment, path, identity, report)
        } catch {
            if case SnapshotError.damaged = error, let identity { report?.damaged(identity) }
            throw error
        }
        report?.sound()
    }

    /// On an environment that is open already: LMDB forbids opening one file twice in a process.
    init(
        _ environment: SnapshotEnvironment, _ path: String = "", _ identity: FileIdentity? = nil,
        _ report: LoadReport? = nil
    ) throws {
        self.environment = environment
        self.path = path
        self.identity = identity
        self.report = report
        transaction = try environment.begin(readOnly: true)
        mdb_txn_reset(transaction)
        damage.initialize(to: false)
        guard let format = try read({ $0.metaValue("format") }) else {
            throw SnapshotError.unfilled("nothing has been written to it yet")
        }
        guard format == SnapshotLayout.format else {
            throw SnapshotError.unfilled("format \(format), expected \(SnapshotLayout.format)")
        }
    }

    deinit {
        environment.abort(transaction)
        damage.deallocate()
    }

    /// Whether another file lies where this one was opened: the writer threw the damaged one away.
    public var isReplaced: Bool {
        guard let now = FileIdentity("\(path)/data.mdb") else { return false }
        return now != identity
    }

    /// A number that moves with every commit; cheap enough for every request.
    @inline(__always)
    public var lastTransaction: Int { environment.lastTransaction }

    /// Runs `body` on one consistent state of the configuration.
    /// - Throws: also where `body` met what is not as it was written; what it made of it is dropped.
    public func read<R>(_ body: (SnapshotView) throws -> R) throws -> R {
        let code = kng_lmdb_txn_renew(transaction)
        if code != 0 { throw notingDamage(SnapshotError.from("renew", code)) }
        defer { mdb_txn_reset(transaction) }
        damage.pointee = false
        let result: R
        do { result = try body(SnapshotView(environment, transaction, damage)) } catch { throw notingDamage(error) }
        if damage.pointee { throw notingDamage(SnapshotError.damaged("a row or a page is not as it was written")) }
        return result
    }

    private func notingDamage(_ error: any Error) -> any Error {
        if case SnapshotError.damaged = error {
            hasMetDamage = true
            if let identity { report?.damaged(identity) }
        }
        return error
    }
}

/// One consistent state. Bytes that it hands out die with the `read` that made it.
public struct SnapshotView {
    private let environment: SnapshotEnvironment
    private let handle: OpaquePointer
    private let damage: UnsafeMutablePointer<Bool>?

    init(
        _ environment: SnapshotEnvironment, _ transaction: OpaquePointer, _ damage: UnsafeMutablePointer<Bool>? = nil
    ) {
        self.environment = environment
        handle = transaction
        self.damage = damage
    }

    /// The store's version that this state holds.
    public var version: Int64 { Int64(bitPattern: metaValue("version") ?? 0) }
    /// Whether every row that was looked at so far was as it was written.
    public var isSound: Bool { damage?.pointee != true }
    /// The number of the last change.
    public var sequence: UInt64 { metaValue("seq") ?? 0 }
    /// Changes whenever the whole configuration was replaced.
    public var epoch: UInt64 { metaValue("epoch") ?? 0 }

    /// The transaction that made this state (`SnapshotReader.lastTransaction` at that moment).
    public var transaction: Int { mdb_txn_id(handle) }

    func metaValue(_ name: String) -> UInt64? {
        metaValue(Array(name.utf8))
    }

    func metaValue(_ key: [UInt8]) -> UInt64? { get(environment.meta, key).flatMap { SnapshotLayout.uint64($0) } }

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
        SnapshotKey.with {
            SnapshotLayout.writeRow(entity, id, &$0)
        } _: { key in
            get(environment.rows, key).flatMap { open(key, $0)?.record }
        }
    }

    /// The record in a row; nil, and the whole read fails, where it is not as it was written.
    @inline(__always)
    private func open(
        _ key: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer
    ) -> (record: UnsafeRawBufferPointer, sum: UInt64)? {
        let row = Sealed.open(key, bytes)
        if row == nil { damage?.pointee = true }
        return row
    }

    public func record(_ entity: String, _ id: UUIDBytes) -> JSONObject? {
        guard let bytes = row(entity, id) else { return nil }
        var reader = RowReader(bytes)
        return reader.value()?.objectValue
    }

    /// The id of the entity whose unique field has this value.
    public func find(_ entity: String, _ field: String, _ value: UnsafeBufferPointer<UInt8>) -> UUIDBytes? {
        SnapshotKey.with {
            SnapshotLayout.writeUnique(entity, field, value, &$0)
        } _: { key in
            get(environment.index, key).flatMap { SnapshotLayout.id($0) }
        }
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
    ///
    /// Where some are missing or damaged the whole read fails: a part must not pass for everything.
    public func forEach(_ entity: String, _ body: (_ id: UUIDBytes, _ row: UnsafeRawBufferPointer) -> Void) {
        var walk = Walk(entity)
        advance(&walk, rows: .max, body)
        if !isComplete(walk) { damage?.pointee = true }
    }

    /// A way through the records of an entity that can be interrupted.
    public struct Walk: Sendable {
        public let entity: String
        /// The last one seen.
        public fileprivate(set) var last: UUIDBytes?
        public fileprivate(set) var isAtEnd = false
        fileprivate var sum: UInt64 = 0

        public init(_ entity: String) { self.entity = entity }
    }

    /// Goes on for at most `rows` records.
    public func advance(
        _ walk: inout Walk, rows: Int, _ body: (_ id: UUIDBytes, _ row: UnsafeRawBufferPointer) -> Void
    ) {
        let prefix = SnapshotLayout.rowPrefix(walk.entity)
        var left = rows
        var state = walk
        state.isAtEnd = true
        scan(environment.rows, from: walk.last.map { SnapshotLayout.row(walk.entity, $0) } ?? prefix) { key, value in
            guard key.count == prefix.count + 16, key.starts(with: prefix),
                let id = SnapshotLayout.id(key, at: prefix.count)
            else { return false }
            if id == walk.last { return true }
            if left == 0 {
                state.isAtEnd = false
                return false
            }
            left -= 1
            guard let row = open(key, value) else { return false }
            state.sum &+= row.sum
            state.last = id
            body(id, row.record)
            return true
        }
        walk = state
    }

    /// Whether a finished walk saw every record. Only right if nothing was written since it began.
    public func isComplete(_ walk: Walk) -> Bool {
        walk.isAtEnd && walk.sum == metaValue(SnapshotLayout.sumOfRows(walk.entity)) ?? 0
    }

    /// Whether every record of an entity is there, without looking into them.
    public func isComplete(_ entity: String) -> Bool {
        var walk = Walk(entity)
        advance(&walk, rows: .max) { _, _ in }
        return isComplete(walk)
    }

    /// The sums that the writer kept, by their names.
    func forEachSum(_ body: (_ name: [UInt8], _ sum: UInt64) -> Void) {
        for kind in ["index", "rows"] {
            let prefix = Array(kind.utf8) + [0]
            scan(environment.meta, from: prefix) { key, value in
                guard key.starts(with: prefix), let sum = SnapshotLayout.uint64(value) else { return false }
                body(Array(key), sum)
                return true
            }
        }
    }

    /// The sum of every entry that is there, under the name of the sum that it belongs to.
    func addUp(_ body: (_ name: [UInt8], _ sum: UInt64) -> Void) throws {
        func entity(_ key: UnsafeRawBufferPointer) -> String { String(decoding: key.prefix { $0 != 0 }, as: UTF8.self) }
        scan(environment.rows, from: [0]) { key, value in
            guard let row = open(key, value) else { return false }
            body(SnapshotLayout.sumOfRows(entity(key)), row.sum)
            return true
        }
        scan(environment.index, from: [0]) { key, value in
            body(SnapshotLayout.sumOfIndex(entity(key)), Checksum.of(key, value))
            return true
        }
        // Not summed up: it must be whole by itself.
        let last = sequence
        var next: UInt64?
        scan(environment.changes, from: [0]) { key, value in
            guard let number = SnapshotLayout.uint64(key), number == next ?? number, open(key, value) != nil else {
                return false
            }
            next = number &+ 1
            return true
        }
        if let next, next != last &+ 1 { throw SnapshotError.damaged("the change log has a gap") }
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
            guard SnapshotLayout.uint64(key) == expected, let value = Sealed.open(key, value)?.record,
                value.count > 17, let id = SnapshotLayout.id(value, at: 1)
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
        key.withUnsafeBytes { get(database, $0) }
    }

    private func get(_ database: MDB_dbi, _ key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var key = MDB_val(mv_size: key.count, mv_data: UnsafeMutableRawPointer(mutating: key.baseAddress))
        var value = MDB_val()
        switch kng_lmdb_get(handle, database, &key, &value) {
        case 0: return value.bytes
        case MDB_NOTFOUND: return nil
        default:
            damage?.pointee = true
            return nil
        }
    }

    private func scan(
        _ database: MDB_dbi, from start: [UInt8],
        _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool
    ) {
        var cursor: OpaquePointer?
        guard kng_lmdb_cursor_open(handle, database, &cursor) == 0 else {
            damage?.pointee = true
            return
        }
        defer { mdb_cursor_close(cursor) }
        withValue(start) { key in
            var value = MDB_val()
            var code = kng_lmdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE)
            while code == 0 {
                guard body(key.bytes, value.bytes) else { return }
                code = kng_lmdb_cursor_get(cursor, &key, &value, MDB_NEXT)
            }
            if code != MDB_NOTFOUND { damage?.pointee = true }
        }
    }
}
