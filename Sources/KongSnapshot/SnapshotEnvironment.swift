import CLMDB
import Glibc

/// One opened LMDB environment with its four databases.
final class SnapshotEnvironment {
    let env: OpaquePointer
    private(set) var meta: MDB_dbi = 0
    private(set) var rows: MDB_dbi = 0
    private(set) var index: MDB_dbi = 0
    private(set) var changes: MDB_dbi = 0
    private let path: String
    private let isReadOnly: Bool
    /// A write met damage: what LMDB holds of it cannot be cleared away, and is left as it is.
    private var isAbandoned = false

    init(path: String, mapSize: Int, readOnly: Bool, readers: UInt32 = 1024) throws {
        kng_lmdb_guard()
        var made: OpaquePointer?
        try check("create environment", mdb_env_create(&made))
        guard let made else { throw SnapshotError.from("create environment", ENOMEM) }
        env = made
        self.path = path
        isReadOnly = readOnly
        // From here on every property is set: a throw runs deinit, which closes the environment.
        try check("set map size", mdb_env_set_mapsize(env, mapSize + Self.margin(mapSize)))
        try check("set databases", mdb_env_set_maxdbs(env, 8))
        try check("set readers", mdb_env_set_maxreaders(env, readers))
        // The store is the truth and durable; the snapshot may be made again, so it is not synced per write.
        let flags =
            readOnly ? UInt32(MDB_RDONLY | MDB_NOTLS | MDB_NORDAHEAD) : UInt32(MDB_NOTLS | MDB_NOSYNC | MDB_NORDAHEAD)
        try check("open \(path)", kng_lmdb_env_open(env, path, flags, 0o640))
        try checkSize(path)
        let transaction = try begin(readOnly: readOnly)
        do throws(SnapshotError) {
            meta = try open("meta", in: transaction)
            rows = try open("rows", in: transaction)
            index = try open("index", in: transaction)
            changes = try open("changes", in: transaction)
        } catch {
            abort(transaction, after: error)
            throw error
        }
        try commit(transaction)
    }

    deinit { if !isAbandoned { mdb_env_close(env) } }

    private func open(_ name: String, in transaction: OpaquePointer) throws(SnapshotError) -> MDB_dbi {
        var database: MDB_dbi = 0
        let code = kng_lmdb_dbi_open(transaction, name, isReadOnly ? 0 : UInt32(MDB_CREATE), &database)
        // The first commit makes all of them.
        if code == MDB_NOTFOUND, lastTransaction > 0 { throw SnapshotError.damaged("it has no \(name)") }
        try check("open \(name)", code)
        return database
    }

    func begin(readOnly: Bool) throws(SnapshotError) -> OpaquePointer {
        // Its lock may be held for ever.
        if isAbandoned { throw SnapshotError.damaged("a write met damage") }
        var transaction: OpaquePointer?
        let code = kng_lmdb_txn_begin(env, readOnly ? UInt32(MDB_RDONLY) : 0, &transaction)
        if code == KNG_LMDB_DAMAGED, !readOnly { abandon() }
        try check("begin", code)
        guard let transaction else { throw SnapshotError.from("begin", ENOMEM) }
        return transaction
    }

    func commit(_ transaction: OpaquePointer) throws(SnapshotError) {
        let code = kng_lmdb_txn_commit(transaction)
        if code == KNG_LMDB_DAMAGED { abandon() }
        try check("write \(path)/data.mdb", code)
    }

    /// Ends a transaction that is to change nothing.
    func abort(_ transaction: OpaquePointer, after error: (any Error)? = nil) {
        if case SnapshotError.damaged? = error { abandon() }
        if !isAbandoned { _ = kng_lmdb_txn_abort(transaction) }
    }

    private func abandon() {
        if !isReadOnly { isAbandoned = true }
    }

    /// Address space beyond what may be used: a commit writes its list of freed pages when it is too late to refuse.
    private static func margin(_ mapSize: Int) -> Int { max(16 << 20, mapSize / 8) }

    /// A file shorter than its own last page would end the process with SIGBUS at the first look at it.
    private func checkSize(_ path: String) throws {
        // A file that was just made is not written out yet.
        guard lastTransaction > 0 else { return }
        // Asked first: the file may be growing.
        let needed = size.used
        var file = stat()
        guard stat("\(path)/data.mdb", &file) == 0 else { throw SnapshotError.from("open \(path)", errno) }
        if file.st_size < needed { throw SnapshotError.damaged("\(path): \(file.st_size) bytes, \(needed) expected") }
    }

    /// Bytes of a page, bytes up to the last page in use, bytes of the map.
    var size: (page: Int, used: Int, map: Int) {
        var info = MDB_envinfo()
        var status = MDB_stat()
        _ = kng_lmdb_env_info(env, &info)
        _ = kng_lmdb_env_stat(env, &status)
        let page = Int(status.ms_psize)
        let used = (info.me_last_pgno &+ 1).multipliedReportingOverflow(by: page)
        return (page, used.overflow || used.partialValue < 0 ? .max : used.partialValue, info.me_mapsize)
    }

    /// A number that moves with every commit: two loads from the mapped file, no system call. -2 where they are not
    /// there any more.
    @inline(__always)
    var lastTransaction: Int {
        var info = MDB_envinfo()
        return kng_lmdb_env_info(env, &info) == 0 ? info.me_last_txnid : -2
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
