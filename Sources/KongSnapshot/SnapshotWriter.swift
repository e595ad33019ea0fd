import CLMDB
import Glibc
import KongCore

/// The one writer of the snapshot: the admin process.
///
/// Calls come from the store's writer thread, one at a time (see `ChangeSink`).
public final class SnapshotWriter: ChangeSink, @unchecked Sendable {
    // All mutable state is LMDB's own, guarded by its write lock.
    let environment: SnapshotEnvironment
    public let path: String
    private let mapSize: Int

    /// Whether an earlier file was thrown away: workers that still map it must be replaced.
    public private(set) var isReplacement = false

    /// Opens the snapshot in directory `path`, making it if need be. A file that is damaged or of another format
    /// is thrown away: `version()` is then nil and the store rebuilds it.
    public init(path: String, mapSize: Int) throws {
        self.path = path
        self.mapSize = mapSize
        mkdir(path, 0o750)
        if !Self.looksWhole(path) {
            Self.discard(path)
            isReplacement = true
        }
        do {
            environment = try SnapshotEnvironment(path: path, mapSize: mapSize, readOnly: false)
        } catch SnapshotError.damaged {
            Self.discard(path)
            isReplacement = true
            environment = try SnapshotEnvironment(path: path, mapSize: mapSize, readOnly: false)
        }
    }

    /// Whether the data file can be trusted: left by a process of this boot of the machine, or put away clean.
    ///
    /// Writes are not synced one by one, so a file that outlived a power cut may be torn inside; a file that was
    /// put away carries its checksum.
    private static func looksWhole(_ path: String) -> Bool {
        var status = stat()
        guard stat("\(path)/data.mdb", &status) == 0 else { return true }
        guard status.st_size >= 8192 else { return false }
        guard let mark = contents("\(path)/boot_id"), let boot = contents("/proc/sys/kernel/random/boot_id") else {
            return false
        }
        return mark == boot || mark == Array("clean \(Checksum.ofFile("\(path)/data.mdb"))\n".utf8)
    }

    private static func discard(_ path: String) {
        unlink("\(path)/data.mdb")
        unlink("\(path)/lock.mdb")
    }

    private static func contents(_ file: String) -> [UInt8]? {
        guard let handle = fopen(file, "r") else { return nil }
        defer { fclose(handle) }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = fread(&buffer, 1, buffer.count, handle)
        return Array(buffer.prefix(count))
    }

    func markBoot(clean: Bool) {
        let text =
            clean
            ? Array("clean \(Checksum.ofFile("\(path)/data.mdb"))\n".utf8)
            : (Self.contents("/proc/sys/kernel/random/boot_id") ?? [])
        guard let handle = fopen("\(path)/boot_id", "w") else { return }
        fwrite(text, 1, text.count, handle)
        fclose(handle)
    }

    /// Writes everything to the disk: after it, the file survives a power cut.
    public func sync() throws {
        try check("sync", mdb_env_sync(environment.env, 1))
        markBoot(clean: true)
    }

    public func version() throws -> Int64? {
        try Self.view(environment) { view in view.metaValue("version").map { Int64(bitPattern: $0) } }
    }

    public func origin() throws -> ConfigurationOrigin? {
        try Self.view(environment) { $0.origin }
    }

    /// Whose configuration lies in directory `path`; nil unless it can be served as it is. Changes nothing there.
    public static func origin(at path: String, mapSize: Int) -> ConfigurationOrigin? {
        var status = stat()
        guard stat("\(path)/data.mdb", &status) == 0, looksWhole(path),
            // A file that cannot be opened cannot be served either, whatever the reason.
            let environment = try? SnapshotEnvironment(path: path, mapSize: mapSize, readOnly: true)
        else { return nil }
        return (try? view(environment) { $0.origin }) ?? nil
    }

    /// One look at the file; nil when it is not of this format.
    private static func view<T>(_ environment: SnapshotEnvironment, _ body: (SnapshotView) -> T?) throws -> T? {
        var transaction: OpaquePointer?
        try check("begin", mdb_txn_begin(environment.env, nil, UInt32(MDB_RDONLY), &transaction))
        guard let transaction else { return nil }
        defer { mdb_txn_abort(transaction) }
        let view = SnapshotView(environment, transaction)
        return view.metaValue("format") == SnapshotLayout.format ? body(view) : nil
    }

    public func adopt(_ origin: ConfigurationOrigin) throws {
        markDirtyOnce()
        let transaction = try begin()
        do { try SnapshotTransaction(environment, transaction).setOrigin(origin) } catch {
            mdb_txn_abort(transaction)
            throw error
        }
        try check("commit", mdb_txn_commit(transaction))
    }

    public func stage(_ changes: [EntityChange], version: Int64) throws -> any StagedChanges {
        // A worker that was killed inside a read would pin old pages for ever.
        var dead: Int32 = 0
        mdb_reader_check(environment.env, &dead)
        let transaction = try begin()
        do {
            let writer = SnapshotTransaction(environment, transaction)
            var sequence = try writer.meta("seq") ?? 0
            for change in changes {
                sequence += 1
                try writer.apply(change)
                try writer.log(change, sequence)
            }
            try writer.setMeta("seq", sequence)
            try writer.setMeta("version", UInt64(bitPattern: version))
            try writer.trimChanges(before: sequence)
            return Staged(transaction: transaction, owner: self)
        } catch {
            mdb_txn_abort(transaction)
            throw error
        }
    }

    public func rebuild(
        version: Int64, origin: ConfigurationOrigin? = nil,
        _ feed: (_ emit: (EntityChange) throws -> Void) throws -> Void
    ) throws {
        markBoot(clean: false)
        var dead: Int32 = 0
        mdb_reader_check(environment.env, &dead)
        let transaction = try begin()
        do {
            let writer = SnapshotTransaction(environment, transaction)
            let sequence = (try writer.meta("seq") ?? 0) + 1
            let epoch = (try writer.meta("epoch") ?? 0) + 1
            for database in [environment.rows, environment.index, environment.changes] {
                try check("empty", mdb_drop(transaction, database, 0))
            }
            try feed { try writer.apply($0) }
            try writer.setMeta("format", SnapshotLayout.format)
            try writer.setMeta("seq", sequence)
            try writer.setMeta("epoch", epoch)
            try writer.setMeta("version", UInt64(bitPattern: version))
            try writer.setOrigin(origin)
            try check("commit", mdb_txn_commit(transaction))
        } catch {
            // A failed commit has freed the transaction already.
            if !(error as? SnapshotError).map(Self.isCommitFailure, default: false) { mdb_txn_abort(transaction) }
            throw error
        }
    }

    private static func isCommitFailure(_ error: SnapshotError) -> Bool {
        switch error {
        case .full(let why), .damaged(let why): why.hasPrefix("commit")
        case .lmdb(let operation, _, _): operation == "commit"
        }
    }

    func begin() throws -> OpaquePointer {
        var transaction: OpaquePointer?
        try check("begin", mdb_txn_begin(environment.env, nil, 0, &transaction))
        guard let transaction else { throw SnapshotError.from("begin", ENOMEM) }
        return transaction
    }

    private struct Staged: StagedChanges {
        let transaction: OpaquePointer
        let owner: SnapshotWriter
        func commit() throws {
            owner.markDirtyOnce()
            try check("commit", mdb_txn_commit(transaction))
        }
        func abort() { mdb_txn_abort(transaction) }
    }

    // Only the writer's thread touches it.
    private var markedDirty = false
    private func markDirtyOnce() {
        guard !markedDirty else { return }
        markedDirty = true
        markBoot(clean: false)
    }

    /// Bytes in use and bytes of the map, to warn before it is full.
    public var usage: (used: Int, size: Int) {
        var info = MDB_envinfo()
        var status = MDB_stat()
        mdb_env_info(environment.env, &info)
        mdb_env_stat(environment.env, &status)
        return (Int(info.me_last_pgno + 1) * Int(status.ms_psize), info.me_mapsize)
    }
}

extension Optional {
    fileprivate func map<R>(_ transform: (Wrapped) -> R, default fallback: R) -> R { self.map(transform) ?? fallback }
}
