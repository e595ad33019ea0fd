import CLMDB
import KongCore

/// The statements of one write transaction.
struct SnapshotTransaction {
    private let environment: SnapshotEnvironment
    private let transaction: OpaquePointer

    init(_ environment: SnapshotEnvironment, _ transaction: OpaquePointer) {
        self.environment = environment
        self.transaction = transaction
    }

    func meta(_ name: String) throws -> UInt64? {
        try get(environment.meta, Array(name.utf8)).flatMap { SnapshotLayout.uint64($0) }
    }

    func setMeta(_ name: String, _ value: UInt64) throws {
        var bytes: [UInt8] = []
        SnapshotLayout.append(value, to: &bytes)
        try put(environment.meta, Array(name.utf8), bytes)
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
        if let bytes = try get(environment.rows, key) {
            var reader = RowReader(bytes)
            if let old = reader.value()?.objectValue {
                for entry in IndexEntries(change.entity, old, id) { try delete(environment.index, entry.key) }
            }
            if case .delete = change.operation { try delete(environment.rows, key) }
        }
        if case .upsert(let record) = change.operation {
            try put(environment.rows, key, MessagePack.encode(record))
            for entry in IndexEntries(change.entity, record, id) { try put(environment.index, entry.key, entry.value) }
        }
    }

    func log(_ change: EntityChange, _ sequence: UInt64) throws {
        guard let id = UUIDBytes(change.id.utf8) else {
            // Nothing that a worker could look up; the number must still not be missing.
            return try log(entity: "", UUIDBytes(high: 0, low: 0), 0, sequence)
        }
        if case .delete = change.operation {
            try log(entity: change.entity, id, 1, sequence)
        } else {
            try log(entity: change.entity, id, 0, sequence)
        }
    }

    private func log(entity: String, _ id: UUIDBytes, _ operation: UInt8, _ sequence: UInt64) throws {
        var key: [UInt8] = []
        SnapshotLayout.append(sequence, to: &key)
        var value: [UInt8] = [operation]
        SnapshotLayout.append(id, to: &value)
        value.append(contentsOf: entity.utf8)
        if entity.isEmpty { value.append(UInt8(ascii: "-")) }
        try put(environment.changes, key, value)
    }

    /// Keeps the change log bounded: what is dropped is far behind any living worker.
    func trimChanges(before sequence: UInt64) throws {
        guard sequence > SnapshotLayout.changesKept else { return }
        let oldest = sequence - SnapshotLayout.changesKept
        var cursor: OpaquePointer?
        try check("cursor", mdb_cursor_open(transaction, environment.changes, &cursor))
        defer { mdb_cursor_close(cursor) }
        var key = MDB_val()
        var value = MDB_val()
        while mdb_cursor_get(cursor, &key, &value, MDB_FIRST) == 0, let number = SnapshotLayout.uint64(key.bytes),
            number <= oldest
        {
            try check("trim", mdb_cursor_del(cursor, 0))
        }
    }

    private func get(_ database: MDB_dbi, _ key: [UInt8]) throws -> UnsafeRawBufferPointer? {
        try withValue(key) { key in
            var value = MDB_val()
            let code = mdb_get(transaction, database, &key, &value)
            if code == MDB_NOTFOUND { return nil }
            try check("get", code)
            return value.bytes
        }
    }

    private func put(_ database: MDB_dbi, _ key: [UInt8], _ value: [UInt8]) throws {
        try withValue(key) { key in
            try withValue(value) { value in try check("put", mdb_put(transaction, database, &key, &value, 0)) }
        }
    }

    private func delete(_ database: MDB_dbi, _ key: [UInt8]) throws {
        try withValue(key) { key in
            let code = mdb_del(transaction, database, &key, nil)
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
