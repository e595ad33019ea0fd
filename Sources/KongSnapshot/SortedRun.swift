import CLMDB
import Glibc

/// Entries of one database on their way into a snapshot that was emptied: gathered, sorted, put in the order of
/// their keys. LMDB appends what comes in order, and searches no leaf for it.
struct SortedRun {
    private struct Entry {
        var offset: Int
        var keyCount: Int
        var valueCount: Int
    }

    /// Keys and values one after the other.
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// The greatest key of the database so far.
    private var greatest: [UInt8] = []
    private let database: MDB_dbi

    /// Bytes to gather before they are put: a large configuration must not be in memory a second time.
    private static let limit = 32 << 20

    init(_ database: MDB_dbi) { self.database = database }

    mutating func add(_ key: [UInt8], _ value: [UInt8], _ transaction: OpaquePointer) throws {
        entries.append(Entry(offset: bytes.count, keyCount: key.count, valueCount: value.count))
        bytes.append(contentsOf: key)
        bytes.append(contentsOf: value)
        if bytes.count >= Self.limit { try flush(transaction) }
    }

    mutating func flush(_ transaction: OpaquePointer) throws {
        if entries.isEmpty { return }
        let database = self.database
        try bytes.withUnsafeMutableBytes { raw in
            guard let base = raw.baseAddress else { return }
            entries.sort { a, b in
                let order = memcmp(base + a.offset, base + b.offset, min(a.keyCount, b.keyCount))
                return order != 0 ? order < 0 : a.keyCount < b.keyCount
            }
            for entry in entries {
                var key = MDB_val(mv_size: entry.keyCount, mv_data: base + entry.offset)
                var value = MDB_val(mv_size: entry.valueCount, mv_data: base + entry.offset + entry.keyCount)
                let isGreatest = key.bytes.isGreater(than: greatest)
                // The sums count every entry once: one that is there already would be counted twice.
                let flags = UInt32(isGreatest ? MDB_APPEND : MDB_NOOVERWRITE)
                try check("put", kng_lmdb_put(transaction, database, &key, &value, flags))
                if isGreatest { greatest = Array(key.bytes) }
            }
        }
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }
}

extension UnsafeRawBufferPointer {
    /// In the order of LMDB's keys.
    fileprivate func isGreater(than other: [UInt8]) -> Bool {
        other.withUnsafeBytes { other in
            guard let own = baseAddress, let others = other.baseAddress else { return count > other.count }
            let order = memcmp(own, others, Swift.min(count, other.count))
            return order != 0 ? order > 0 : count > other.count
        }
    }
}
