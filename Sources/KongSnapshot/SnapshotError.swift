import CLMDB
import Glibc

/// What went wrong with the snapshot file, in words that say what to do.
public enum SnapshotError: Error, Sendable, CustomStringConvertible {
    /// The map (or the disk below it) has no room for the change.
    case full(String)
    /// The file is not as it was written: rebuild it from the store.
    case damaged(String)
    /// There is no configuration of this format in it (yet).
    case unfilled(String)
    case lmdb(operation: String, code: Int32, reason: String)

    static func from(_ operation: String, _ code: Int32) -> SnapshotError {
        let reason = String(cString: mdb_strerror(code))
        switch code {
        case MDB_MAP_FULL, MDB_TXN_FULL, MDB_DBS_FULL:
            return .full("\(operation): \(reason); raise snapshot_map_size")
        case ENOSPC, EDQUOT:
            return .full("\(operation): \(reason); free disk space")
        case EFBIG:
            return .full("\(operation): \(reason); raise the limit of file sizes (ulimit -f)")
        case MDB_CORRUPTED, MDB_INVALID, MDB_PANIC, MDB_VERSION_MISMATCH, MDB_PAGE_NOTFOUND, MDB_INCOMPATIBLE:
            return .damaged("\(operation): \(reason)")
        default:
            return .lmdb(operation: operation, code: code, reason: reason)
        }
    }

    public var description: String {
        switch self {
        case .full(let why): "the snapshot is full: \(why)"
        case .damaged(let why): "the snapshot is damaged: \(why)"
        case .unfilled(let why): "the snapshot cannot be used: \(why)"
        case .lmdb(let operation, let code, let reason): "snapshot: \(operation) failed: \(reason) (\(code))"
        }
    }
}

@inline(__always)
func check(_ operation: @autoclosure () -> String, _ code: Int32) throws(SnapshotError) {
    if code != 0 { throw SnapshotError.from(operation(), code) }
}
