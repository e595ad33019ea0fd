import CLMDB
import KongCore

/// Fills a snapshot that was emptied in the same transaction.
struct SnapshotFill {
    private let writer: SnapshotTransaction
    private var rows: SortedRun
    private var index: SortedRun

    init(_ writer: SnapshotTransaction) {
        self.writer = writer
        rows = SortedRun(writer.environment.rows)
        index = SortedRun(writer.environment.index)
    }

    /// - Precondition: no other change names the same row.
    mutating func add(_ change: EntityChange) throws {
        guard let id = UUIDBytes(change.id.utf8), case .upsert(let record) = change.operation else { return }
        let key = SnapshotLayout.row(change.entity, id)
        let row = Sealed.make(key, MessagePack.encode(record))
        try writer.add(row.sum, to: SnapshotLayout.sumOfRows(change.entity))
        try rows.add(key, row.bytes, writer.transaction)
        let name = SnapshotLayout.sumOfIndex(change.entity)
        for entry in IndexEntries(change.entity, record, id) {
            try entry.value.withUnsafeBytes { try writer.add(SnapshotTransaction.sum(entry.key, $0), to: name) }
            try index.add(entry.key, entry.value, writer.transaction)
        }
    }

    mutating func finish() throws {
        try rows.flush(writer.transaction)
        try index.flush(writer.transaction)
    }
}
