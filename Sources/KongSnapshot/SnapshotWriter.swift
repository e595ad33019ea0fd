import CLMDB
import Glibc
import KongCore
import Synchronization

/// The one writer of the snapshot: the admin process.
///
/// Calls come from the store's writer thread, one at a time (see `ChangeSink`); `condemn` and `changeMeta` may come
/// from anywhere.
public final class SnapshotWriter: ChangeSink, @unchecked Sendable {
    // Mutable state is the writer thread's own but for what is behind a lock; `replacing` guards the change of
    // `environment` against other threads.
    private(set) var environment: SnapshotEnvironment
    public let path: String
    private let mapSize: Int
    private let file: Mutex<OnDisk>
    private let condemned = Mutex<String?>(nil)
    private let replacing = Mutex(())

    /// A commit and what is remembered of it are one step for whoever looks for damage.
    private struct OnDisk {
        var data: SnapshotFile
        var mark: BootMark
    }
    private let watch: LoadWatch

    /// How long a write that replaced everything waits for workers to have loaded it. They take a second per
    /// hundred thousand routes; one that hangs must not stop the Admin API for ever.
    private static let loadSeconds = 20.0

    /// Whether an earlier file was thrown away: workers that still map it must open the new one.
    public private(set) var isReplacement = false

    /// Called on the writer's thread when a damaged file has been replaced by a new one, still empty: readers keep
    /// the old one until it is filled.
    public var onReplacement: (@Sendable () throws -> Void)?

    /// Opens the snapshot in directory `path`, making it if need be. A file that is damaged or of another format
    /// is thrown away: `version()` is then nil and the store rebuilds it.
    ///
    /// - Parameter isSound: asked about a file that was not put away; by default it is read through in this process.
    public init(path: String, mapSize: Int, isSound: ((String) -> Bool)? = nil) throws {
        self.path = path
        self.mapSize = mapSize
        mkdir(path, 0o750)
        let mark = BootMark(path)
        watch = LoadWatch(path: path)
        let verdict = mark.verdict
        let isWhole =
            switch verdict {
            case .absent, .whole: true
            case .torn: false
            case .unknown: isSound?(path) ?? SnapshotVerification.passes(path: path, mapSize: mapSize)
            }
        var opened: SnapshotEnvironment?
        do {
            guard isWhole else { throw SnapshotError.damaged("it was not put away whole") }
            let environment = try SnapshotEnvironment(path: path, mapSize: mapSize, readOnly: false)
            opened = environment
            if verdict != .absent, try Self.view(environment, { _ in true }) == nil {
                throw SnapshotError.damaged("another format")
            }
        } catch SnapshotError.damaged {
            // Closed before another file of that name is opened: LMDB knows files by their path.
            opened = nil
            Self.discard(path)
            isReplacement = true
        }
        environment = try opened ?? SnapshotEnvironment(path: path, mapSize: mapSize, readOnly: false)
        file = Mutex(OnDisk(data: try SnapshotFile(environment, path: path), mark: mark))
    }

    private static func discard(_ path: String) {
        unlink("\(path)/data.mdb")
        unlink("\(path)/lock.mdb")
    }

    /// Writes everything to the disk: after it, the file survives a power cut.
    public func sync() throws {
        if isDamaged() { return }
        try check("sync", mdb_env_sync(environment.env, 1))
        file.withLock { $0.mark.putAway() }
    }

    public func version() throws -> Int64? {
        if isDamaged() { return nil }
        return try Self.view(environment) { view in view.metaValue("version").map { Int64(bitPattern: $0) } }
    }

    // MARK: Damage

    /// Declares the file damaged: the next `stageAll` makes a new one.
    public func condemn(_ reason: String) {
        condemned.withLock { $0 = $0 ?? reason }
    }

    /// Why the file cannot be trusted; nil while it can. A few system calls, whatever the size of the file.
    public func damage() -> String? {
        if let reason = condemned.withLock({ $0 }) { return reason }
        let (reason, identity) = file.withLock { ($0.data.damage(), $0.data.identity) }
        return reason ?? (watch.isDamaged(identity) ? "a worker met damage in it" : nil)
    }

    public func isDamaged() -> Bool { damage() != nil }

    /// Runs `body`; damage that it meets is remembered.
    private func noting<R>(_ body: () throws -> R) throws -> R {
        do { return try body() } catch {
            if case SnapshotError.damaged(let why) = error { condemn(why) }
            throw error
        }
    }

    private func replace() throws {
        try replacing.withLock { _ in
            Self.discard(path)
            let fresh = try SnapshotEnvironment(path: path, mapSize: mapSize, readOnly: false)
            let data = try SnapshotFile(fresh, path: path)
            file.withLock { $0.data = data }
            environment = fresh
            condemned.withLock { $0 = nil }
            isReplacement = true
        }
        try onReplacement?()
    }

    // MARK: Writing

    public func stage(_ changes: [EntityChange], version: Int64) throws -> any StagedChanges {
        if let damage = damage() { throw SnapshotError.damaged(damage) }
        // Every entry may touch a branch of each tree anew; a small file has no more than it has.
        let touched = changes.reduce(16) { $0 + 24 + Self.bytes($1) / 1024 }
        return try staging(pages: touched) { writer in
            var sequence = try writer.meta("seq") ?? 0
            for change in changes {
                sequence += 1
                try writer.apply(change)
                try writer.log(change, sequence)
            }
            try writer.setMeta("seq", sequence)
            try writer.setMeta("version", UInt64(bitPattern: version))
            try writer.trimChanges(before: sequence)
            return nil
        }
    }

    public func stageAll(
        version: Int64, origin: ConfigurationOrigin?, _ feed: (_ emit: (EntityChange) throws -> Void) throws -> Void
    ) throws -> any StagedChanges {
        if isDamaged() { try replace() }
        // A large transaction writes pages before it is committed.
        file.withLock { $0.mark.inUse() }
        return try staging(pages: .max) { writer in
            let sequence = (try writer.meta("seq") ?? 0) + 1
            // Never one that an earlier file had.
            let epoch = max((try writer.meta("epoch") ?? 0) + 1, UInt64(clamping: time(nil)))
            try writer.clear()
            var fill = SnapshotFill(writer)
            try feed { try fill.add($0) }
            try fill.finish()
            // The log goes on: workers bring what they serve up to date with it until they have everything anew.
            try writer.logMarker(sequence)
            try writer.trimChanges(before: sequence)
            try writer.setMeta("format", SnapshotLayout.format)
            try writer.setMeta("seq", sequence)
            try writer.setMeta("epoch", epoch)
            try writer.setMeta("version", UInt64(bitPattern: version))
            try writer.setOrigin(origin)
            return epoch
        }
    }

    /// - Parameter body: returns the new epoch where it replaced everything.
    private func staging(pages: Int, _ body: (SnapshotTransaction) throws -> UInt64?) throws -> any StagedChanges {
        try noting {
            // A worker that was killed inside a read would pin old pages for ever.
            var dead: Int32 = 0
            mdb_reader_check(environment.env, &dead)
            let environment = environment
            let transaction = try begin()
            do {
                let writer = SnapshotTransaction(environment, transaction)
                let epoch = try body(writer)
                try writer.finish()
                let total = try writer.pages()
                // Here the store can still roll back; in a commit LMDB runs out of room too late.
                if total > mapSize / max(1, environment.size.page) {
                    throw SnapshotError.from("write \(path)", MDB_MAP_FULL)
                }
                // The list of freed pages grows, too.
                try file.withLock { try $0.data.reserve(pages: min(pages, total) + 16 + total / 256) }
                return Staged(transaction: transaction, epoch: epoch, owner: self)
            } catch {
                abort(transaction, after: error)
                throw error
            }
        }
    }

    private static func bytes(_ change: EntityChange) -> Int {
        guard case .upsert(let record) = change.operation else { return 0 }
        return MessagePack.encode(record).count
    }

    /// A change of `meta` alone; one that `body` says changes nothing is not made.
    func changeMeta(_ body: (SnapshotTransaction) throws -> Bool) throws {
        try replacing.withLock { _ in
            if let damage = damage() { throw SnapshotError.damaged(damage) }
            let transaction = try begin()
            do {
                guard try body(SnapshotTransaction(environment, transaction)) else { return abort(transaction) }
            } catch {
                abort(transaction, after: error)
                throw error
            }
            try commit(transaction, nil)
        }
    }

    private func begin() throws -> OpaquePointer {
        // It waits for a transaction of another thread to end.
        let transaction = try environment.begin(readOnly: false)
        file.withLock { $0.data.writes() }
        return transaction
    }

    private func abort(_ transaction: OpaquePointer, after error: (any Error)? = nil) {
        // Another thread may write as soon as this transaction is gone.
        file.withLock { $0.data.wrote() }
        environment.abort(transaction, after: error)
    }

    private struct Staged: StagedChanges {
        let transaction: OpaquePointer
        let epoch: UInt64?
        let owner: SnapshotWriter
        func commit() throws { try owner.commit(transaction, epoch) }
        func abort() { owner.abort(transaction) }
    }

    private func commit(_ transaction: OpaquePointer, _ epoch: UInt64?) throws {
        try noting {
            try file.withLock { file in
                file.mark.inUse()
                try environment.commit(transaction)
                try file.data.remember(environment)
            }
        }
        // A small change is seen by the next request; everything anew takes workers a while.
        if let epoch { _ = watch.waitForAll(epoch: epoch, seconds: Self.loadSeconds) }
    }

    /// Bytes in use and bytes of the map, to warn before it is full.
    public var usage: (used: Int, size: Int) {
        let size = environment.size
        return (size.used, mapSize)
    }
}
