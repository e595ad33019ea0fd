import CLMDB
import KongCore

/// The statements of one write transaction. `finish()` comes last.
final class SnapshotTransaction {
    let environment: SnapshotEnvironment
    let transaction: OpaquePointer
    /// The sums of the entities that this transaction touched, by their key in `meta`.
    private var sums: [[UInt8]: UInt64] = [:]

    init(_ environment: SnapshotEnvironment, _ transaction: OpaquePointer) {
        self.environment = environment
        self.transaction = transaction
    }

    func meta(_ name: String) throws -> UInt64? { try meta(Array(name.utf8)) }

    func setMeta(_ name: String, _ value: UInt64) throws { try setMeta(Array(name.utf8), value) }

    private func meta(_ key: [UInt8]) throws -> UInt64? {
        try get(environment.meta, key).flatMap { SnapshotLayout.uint64($0) }
    }

    private func setMeta(_ key: [UInt8], _ value: UInt64) throws {
        var bytes: [UInt8] = []
        SnapshotLayout.append(value, to: &bytes)
        try put(environment.meta, key, bytes)
    }

    /// Empties everything but the change log and what identifies the file.
    func clear() throws {
        let kept = try ["format", "seq", "epoch", "log_level"].map { ($0, try meta($0)) }
        for database in [environment.meta, environment.rows, environment.index] {
            try check("empty", kng_lmdb_drop(transaction, database))
        }
        sums = [:]
        for case (let name, let value?) in kept { try setMeta(name, value) }
    }

    /// Writes down what proves later that every entry is there.
    func finish() throws {
        for (key, sum) in sums { try setMeta(key, sum) }
        sums = [:]
    }

    /// A nil origin leaves none.
    func setOrigin(_ origin: ConfigurationOrigin?) throws {
        for (name, text) in [("origin", origin?.address), ("identity", origin?.identity)] {
            let key = Array(name.utf8)
            if let text { try put(environment.meta, key, Array(text.utf8)) } else { try delete(environment.meta, key) }
        }
    }

    /// Puts the row and its index entries in their new state, whatever the old one was.
    func apply(_ change: EntityChange) throws {
        guard let id = UUIDBytes(change.id.utf8) else { return }
        let key = SnapshotLayout.row(change.entity, id)
        let rows = SnapshotLayout.sumOfRows(change.entity)
        if let bytes = try get(environment.rows, key) {
            guard let old = key.withUnsafeBytes({ Sealed.open($0, bytes) }) else {
                throw SnapshotError.damaged("the row of \(change.entity) \(change.id) fails its checksum")
            }
            try add(0 &- old.sum, to: rows)
            var reader = RowReader(old.record)
            if let record = reader.value()?.objectValue {
                for entry in IndexEntries(change.entity, record, id) { try remove(entry, of: change.entity) }
            }
            if case .delete = change.operation { try delete(environment.rows, key) }
        }
        if case .upsert(let record) = change.operation {
            let row = Sealed.make(key, MessagePack.encode(record))
            try put(environment.rows, key, row.bytes)
            try add(row.sum, to: rows)
            for entry in IndexEntries(change.entity, record, id) { try insert(entry, of: change.entity) }
        }
    }

    private typealias Entry = (key: [UInt8], value: [UInt8])

    private func insert(_ entry: Entry, of entity: String) throws {
        let name = SnapshotLayout.sumOfIndex(entity)
        if let old = try get(environment.index, entry.key) { try add(0 &- Self.sum(entry.key, old), to: name) }
        try put(environment.index, entry.key, entry.value)
        try entry.value.withUnsafeBytes { try add(Self.sum(entry.key, $0), to: name) }
    }

    /// Another row may have taken the value over already: then the entry is that row's.
    private func remove(_ entry: Entry, of entity: String) throws {
        guard let old = try get(environment.index, entry.key), old.elementsEqual(entry.value) else { return }
        try add(0 &- Self.sum(entry.key, old), to: SnapshotLayout.sumOfIndex(entity))
        try delete(environment.index, entry.key)
    }

    static func sum(_ key: [UInt8], _ value: UnsafeRawBufferPointer) -> UInt64 {
        key.withUnsafeBytes { Checksum.of($0, value) }
    }

    func add(_ sum: UInt64, to name: [UInt8]) throws {
        let before = try sums[name] ?? meta(name) ?? 0
        sums[name] = before &+ sum
    }

    /// Pages of all databases as they will be, to know how much the file may have to grow.
    /// - Throws: where the counts, which stand in the file as well, cannot be.
    func pages() throws(SnapshotError) -> Int {
        var total = 0
        for database in [environment.meta, environment.rows, environment.index, environment.changes] {
            var status = MDB_stat()
            try check("stat", kng_lmdb_stat(transaction, database, &status))
            for count in [status.ms_branch_pages, status.ms_leaf_pages, status.ms_overflow_pages] {
                guard (0...Self.mostPages).contains(count) else {
                    throw SnapshotError.damaged("a tree counts \(count) pages")
                }
                total += count
            }
        }
        return total
    }

    /// More than any machine maps; twelve of them add up without overflow.
    private static let mostPages = 1 << 40

    func log(_ change: EntityChange, _ sequence: UInt64) throws {
        guard let id = UUIDBytes(change.id.utf8) else { return try logMarker(sequence) }
        if case .delete = change.operation {
            try log(entity: change.entity, id, 1, sequence)
        } else {
            try log(entity: change.entity, id, 0, sequence)
        }
    }

    /// Nothing that a worker could look up; the number must still not be missing.
    func logMarker(_ sequence: UInt64) throws {
        try log(entity: "", UUIDBytes(high: 0, low: 0), 0, sequence)
    }

    private func log(entity: String, _ id: UUIDBytes, _ operation: UInt8, _ sequence: UInt64) throws {
        var key: [UInt8] = []
        SnapshotLayout.append(sequence, to: &key)
        var value: [UInt8] = [operation]
        SnapshotLayout.append(id, to: &value)
        value.append(contentsOf: entity.utf8)
        if entity.isEmpty { value.append(UInt8(ascii: "-")) }
        try put(environment.changes, key, Sealed.make(key, value).bytes)
    }

    /// Keeps the change log bounded: what is dropped is far behind any living worker.
    func trimChanges(before sequence: UInt64) throws {
        guard sequence > SnapshotLayout.changesKept else { return }
        let oldest = sequence - SnapshotLayout.changesKept
        var cursor: OpaquePointer?
        try check("cursor", kng_lmdb_cursor_open(transaction, environment.changes, &cursor))
        var key = MDB_val()
        var value = MDB_val()
        while kng_lmdb_cursor_get(cursor, &key, &value, MDB_FIRST) == 0, let number = SnapshotLayout.uint64(key.bytes),
            number <= oldest
        {
            // An error ends the transaction, and the cursor with it.
            try check("trim", kng_lmdb_cursor_del(cursor))
        }
        mdb_cursor_close(cursor)
    }

    private func get(_ database: MDB_dbi, _ key: [UInt8]) throws -> UnsafeRawBufferPointer? {
        try withValue(key) { key in
            var value = MDB_val()
            let code = kng_lmdb_get(transaction, database, &key, &value)
            if code == MDB_NOTFOUND { return nil }
            try check("get", code)
            return value.bytes
        }
    }

    private func put(_ database: MDB_dbi, _ key: [UInt8], _ value: [UInt8]) throws {
        try withValue(key) { key in
            try withValue(value) { value in try check("put", kng_lmdb_put(transaction, database, &key, &value, 0)) }
        }
    }

    private func delete(_ database: MDB_dbi, _ key: [UInt8]) throws {
        try withValue(key) { key in
            let code = kng_lmdb_del(transaction, database, &key)
            if code != MDB_NOTFOUND { try check("delete", code) }
        }
    }
}

/// What the index holds of one record, from the schema: every unique and every foreign field.
struct IndexEntries: Sequence {
    private let entries: [(key: [UInt8], value: [UInt8])]

    init(_ entity: String, _ record: JSONObject, _ id: UUIDBytes) {
        var out: [(key: [UInt8], value: [UInt8])] = []
        var idBytes: [UInt8] = []
        SnapshotLayout.append(id, to: &idBytes)
        for field in IndexedFields.of(entity) {
            guard let value = record[field.name], !value.isNull else { continue }
            if field.foreign {
                guard let text = value["id"]?.stringValue, let parent = UUIDBytes(text.utf8) else { continue }
                out.append((SnapshotLayout.foreign(entity, field.name, parent, id), []))
            } else if var text = value.stringValue {
                let key = text.withUTF8 { SnapshotLayout.unique(entity, field.name, $0) }
                out.append((key, idBytes))
            }
        }
        entries = out
    }

    func makeIterator() -> IndexingIterator<[(key: [UInt8], value: [UInt8])]> { entries.makeIterator() }
}

/// The fields of each entity that workers may look it up by.
enum IndexedFields {
    struct Field: Sendable {
        var name: String
        var foreign: Bool
    }

    private static let all: [String: [Field]] = Dictionary(
        uniqueKeysWithValues: Entities.all.map { entity in
            (
                entity.name,
                entity.record.fields.compactMap { field -> Field? in
                    if case .foreign = field.type { return Field(name: field.name, foreign: true) }
                    return field.unique ? Field(name: field.name, foreign: false) : nil
                }
            )
        })

    static func of(_ entity: String) -> [Field] { all[entity] ?? [] }
}
