import CLMDB
import Glibc

/// One opened LMDB environment with its four databases.
final class SnapshotEnvironment {
    let env: OpaquePointer
    private(set) var meta: MDB_dbi = 0
    private(set) var rows: MDB_dbi = 0
    private(set) var index: MDB_dbi = 0
    private(set) var changes: MDB_dbi = 0

    init(path: String, mapSize: Int, readOnly: Bool, readers: UInt32 = 1024) throws {
        var made: OpaquePointer?
        try check("create environment", mdb_env_create(&made))
        guard let made else { throw SnapshotError.from("create environment", ENOMEM) }
        env = made
        // From here on every property is set: a throw runs deinit, which closes the environment.
        try check("set map size", mdb_env_set_mapsize(env, mapSize + Self.margin(mapSize)))
        try check("set databases", mdb_env_set_maxdbs(env, 8))
        try check("set readers", mdb_env_set_maxreaders(env, readers))
        // The store is the truth and durable; the snapshot may be made again, so it is not synced per write.
        let flags =
            readOnly ? UInt32(MDB_RDONLY | MDB_NOTLS | MDB_NORDAHEAD) : UInt32(MDB_NOTLS | MDB_NOSYNC | MDB_NORDAHEAD)
        try check("open \(path)", mdb_env_open(env, path, flags, 0o640))
        try checkSize(path)
        var transaction: OpaquePointer?
        try check("begin", mdb_txn_begin(env, nil, readOnly ? UInt32(MDB_RDONLY) : 0, &transaction))
        do {
            let create = readOnly ? 0 : UInt32(MDB_CREATE)
            try check("open meta", mdb_dbi_open(transaction, "meta", create, &meta))
            try check("open rows", mdb_dbi_open(transaction, "rows", create, &rows))
            try check("open index", mdb_dbi_open(transaction, "index", create, &index))
            try check("open changes", mdb_dbi_open(transaction, "changes", create, &changes))
        } catch {
            mdb_txn_abort(transaction)
            throw error
        }
        try check("commit", mdb_txn_commit(transaction))
    }

    deinit { mdb_env_close(env) }

    /// Address space beyond what may be used: a commit writes its list of freed pages when it is too late to refuse.
    private static func margin(_ mapSize: Int) -> Int { max(16 << 20, mapSize / 8) }

    /// A file shorter than its own last page would end the process with SIGBUS at the first look at it.
    private func checkSize(_ path: String) throws {
        var file = stat()
        guard stat("\(path)/data.mdb", &file) == 0 else { throw SnapshotError.from("open \(path)", errno) }
        // A file that was just made is not written out yet.
        guard lastTransaction > 0 else { return }
        let needed = size.used
        if file.st_size < needed { throw SnapshotError.damaged("\(path): \(file.st_size) bytes, \(needed) expected") }
    }

    /// Bytes of a page, bytes up to the last page in use, bytes of the map.
    var size: (page: Int, used: Int, map: Int) {
        var info = MDB_envinfo()
        var status = MDB_stat()
        mdb_env_info(env, &info)
        mdb_env_stat(env, &status)
        let page = Int(status.ms_psize)
        return (page, (info.me_last_pgno + 1) * page, info.me_mapsize)
    }

    /// A number that moves with every commit: two loads from the mapped file, no system call.
    @inline(__always)
    var lastTransaction: Int {
        var info = MDB_envinfo()
        mdb_env_info(env, &info)
        return info.me_last_txnid
    }
}

/// Borrowed bytes for LMDB; they must outlive the call.
@inline(__always)
func withValue<R>(_ bytes: [UInt8], _ body: (inout MDB_val) throws -> R) rethrows -> R {
    try bytes.withUnsafeBytes { raw in
        var value = MDB_val(mv_size: raw.count, mv_data: UnsafeMutableRawPointer(mutating: raw.baseAddress))
        return try body(&value)
    }
}

extension MDB_val {
    @inline(__always)
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: mv_data, count: mv_size) }
}
