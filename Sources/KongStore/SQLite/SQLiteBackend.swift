import Foundation
import GRDB
import KongCore
import Synchronization

/// The embedded store: one SQLite file in the prefix, or memory on nodes without a database.
public final class SQLiteBackend: Backend {
    public let layout: Layout
    public let workspace: String
    public let acceptsWrites: Bool
    private let database: any DatabaseWriter
    private let tables: SQLiteTables
    private let seal: SQLiteSeal?
    private let integrity: Mutex<Integrity>

    private enum Integrity {
        case known
        /// Too large to be read through at start.
        case unknown
        case damaged(SQLiteError)
    }

    /// The workspace of every node without a database, as in Kong.
    public static let databaseLessWorkspace = "0dc6f45b-8f8d-40d2-a504-473544ee190b"

    /// Larger files are not read through at start: `verify` does it beside the traffic.
    public static let checkedAtStartBytes = 256 << 20
    /// Up to here also every index is compared with its table (a second or so).
    private static let checkedThoroughly = 32 << 20

    /// Opens the store at `path`, or makes a new one there.
    /// - Parameter checkedAtStart: bytes up to which the file is read through before anything else.
    /// - Throws: `SQLiteError`, which says what to do.
    public convenience init(
        path: String, layout: Layout = Layout(), checkedAtStart: Int = checkedAtStartBytes
    ) throws {
        try self.init(path: path, layout: layout, checkedAtStart: checkedAtStart, context: .now())
    }

    /// An empty store in memory that clients cannot write: only `EntityStore.replaceAll` fills it.
    public static func inMemory(
        layout: Layout = Layout(), acceptsWrites: Bool = false, workspace: String = databaseLessWorkspace
    ) throws -> SQLiteBackend {
        let database = try DatabaseQueue(configuration: configuration())
        try database.write {
            try SQLiteSchema.create($0, layout, workspace: workspace, context: .now())
        }
        return SQLiteBackend(database, layout, workspace: workspace, acceptsWrites: acceptsWrites)
    }

    private init(
        _ database: any DatabaseWriter, _ layout: Layout, workspace: String, acceptsWrites: Bool,
        seal: SQLiteSeal? = nil, isChecked: Bool = true
    ) {
        self.database = database
        self.layout = layout
        self.workspace = workspace
        self.acceptsWrites = acceptsWrites
        self.seal = seal
        integrity = Mutex(isChecked ? .known : .unknown)
        tables = SQLiteTables(layout)
    }

    private convenience init(
        path: String, layout: Layout, checkedAtStart: Int, context: SQLiteSchema.Origin
    ) throws {
        do {
            if !FileManager.default.fileExists(atPath: path) {
                try Self.refuseRemains(path)
                try Self.makeFile(path, layout, context)
            }
            try Self.checkHeader(path)
            let pool = try DatabasePool(path: path, configuration: Self.configuration())
            // A commit is on the disk before it is answered. The pool sets NORMAL, which leaves it to the next checkpoint.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let seal = try SQLiteSeal(store: path)
            let (workspace, isChecked) = try pool.write { db -> (String, Bool) in
                let size = Self.size(path)
                if size <= checkedAtStart { try Self.check(db, path, thoroughly: size <= Self.checkedThoroughly) }
                try SQLiteSchema.verify(db, layout, path: path)
                try Self.checkSeal(db, seal, path)
                let id = try String.fetchOne(db, sql: "SELECT id FROM workspaces WHERE name = 'default'")
                guard let id else { throw SQLiteError.damaged(path: path, detail: "no default workspace") }
                return (id, size <= checkedAtStart)
            }
            self.init(pool, layout, workspace: workspace, acceptsWrites: true, seal: seal, isChecked: isChecked)
        } catch let error as DatabaseError {
            throw Self.openingError(error, path)
        }
    }

    public func read<T: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> T) async throws -> T {
        try await database.read { [tables, workspace] db in
            try body(SQLiteSession(db, tables, workspace: workspace))
        }
    }

    public func write(_ body: (any WriteSession) throws -> Void) throws {
        if case .damaged(let error) = integrity.withLock({ $0 }) { throw error }
        try database.writeWithoutTransaction { db in
            try body(SQLiteSession(db, tables, workspace: workspace, seal: seal))
        }
    }

    public func dataError(_ error: any Error) -> DataError { SQLiteError.dataError(error, database.path) }

    public func outlook(_ error: any Error) -> Outlook { SQLiteError.outlook(error) }

    public func close() {
        seal?.sync()
        // Readers may still be at work; the file is safe either way.
        try? database.close()
    }

    /// On a reading connection: writers go on meanwhile.
    public func verify() throws {
        switch integrity.withLock({ $0 }) {
        case .known: return
        case .damaged(let error): throw error
        case .unknown: break
        }
        let path = database.path
        do {
            try database.read { try Self.check($0, path, thoroughly: false) }
            integrity.withLock { $0 = .known }
        } catch {
            let found = error as? SQLiteError
            guard let found = found ?? (error as? DatabaseError).map({ Self.openingError($0, path) }) else {
                throw error
            }
            if case .damaged = found { integrity.withLock { $0 = .damaged(found) } }
            throw found
        }
    }
}

// For tests that break things on purpose.
extension SQLiteBackend {
    func execute(_ sql: String) throws { try database.writeWithoutTransaction { try $0.execute(sql: sql) } }
    /// What a pragma says on the connection that writes.
    func pragma(_ name: String) throws -> Int {
        try database.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA \(name)") ?? 0 }
    }
}

// Opening.
extension SQLiteBackend {
    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "store"
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -16384")
            // The journal of a bulk load is not kept at its size.
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
            // A file that lies about its structure is found out, not followed.
            try db.execute(sql: "PRAGMA cell_size_check = ON")
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        return configuration
    }

    /// Made beside its place and moved there whole: a file that exists is never half made, and an empty one is damage.
    private static func makeFile(_ path: String, _ layout: Layout, _ origin: SQLiteSchema.Origin) throws {
        let draft = path + ".new"
        for suffix in ["", "-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: draft + suffix) }
        let created = FileManager.default.createFile(
            atPath: draft, contents: nil, attributes: [.posixPermissions: 0o600])
        guard created else {
            throw SQLiteError.cannotOpen(path: path, detail: "the directory is missing or cannot be written")
        }
        // SQLite's own default for this mode is to sync every commit.
        let queue = try DatabaseQueue(path: draft, configuration: configuration())
        try queue.write {
            try SQLiteSchema.create($0, layout, workspace: RandomText.uuid(), context: origin)
        }
        try queue.close()
        do { try FileManager.default.moveItem(atPath: draft, toPath: path) } catch {
            throw SQLiteError.cannotOpen(path: path, detail: "\(error)")
        }
    }

    /// A store that is gone while its journal or its seal is there must not come back empty.
    private static func refuseRemains(_ path: String) throws {
        for companion in [path + "-wal", SQLiteSeal.path(path)] where FileManager.default.fileExists(atPath: companion)
        {
            throw SQLiteError.missing(path: path, companion: companion)
        }
    }

    private static func checkSeal(_ db: Database, _ seal: SQLiteSeal, _ path: String) throws {
        guard let version: Int64 = try SQLiteSchema.meta(db, "version") else {
            throw SQLiteError.damaged(path: path, detail: "no version")
        }
        if let sealed = seal.sealed(likeVersion: version), sealed > version {
            throw SQLiteError.lostChanges(path: path, found: version, sealed: sealed)
        }
        seal.record(version)
    }

    private static func checkHeader(_ path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw SQLiteError.cannotOpen(path: path, detail: "permission denied")
        }
        defer { try? file.close() }
        let start: Data
        do { start = try file.read(upToCount: SQLiteHeader.size) ?? Data() } catch {
            throw SQLiteError.cannotOpen(path: path, detail: "\(error)")
        }
        if start.isEmpty { throw SQLiteError.damaged(path: path, detail: "the file is empty") }
        let header = SQLiteHeader(start)
        if !header.isSQLite { throw SQLiteError.notAStore(path: path) }
        // SQLite takes a last page that is there in part for a whole one. What a journal holds may not be in the file
        // yet, so that only without one its length is known.
        let size = size(path)
        if let length = header.length, size < length, self.size(path + "-wal") == 0 {
            throw SQLiteError.damaged(path: path, detail: "its last \(length - size) bytes are missing")
        }
    }

    private static func check(_ db: Database, _ path: String, thoroughly: Bool) throws {
        let found = try String.fetchOne(db, sql: thoroughly ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)")
        if found != "ok" { throw SQLiteError.damaged(path: path, detail: found ?? "unreadable") }
    }

    private static func openingError(_ error: DatabaseError, _ path: String) -> SQLiteError {
        let detail = error.message ?? "\(error.resultCode)"
        return switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_IOERR, .SQLITE_FORMAT:
            .damaged(path: path, detail: detail)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            .cannotOpen(path: path, detail: "\(detail): check the owner and mode of the file and its directory")
        case .SQLITE_BUSY, .SQLITE_LOCKED: .cannotOpen(path: path, detail: "another process holds it locked")
        case .SQLITE_FULL: .cannotOpen(path: path, detail: "the disk is full")
        default: .cannotOpen(path: path, detail: detail)
        }
    }

    private static func size(_ path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
}

extension SQLiteSchema.Origin {
    static func now() -> SQLiteSchema.Origin {
        SQLiteSchema.Origin(
            now: Int64(Date().timeIntervalSince1970), clusterID: RandomText.uuid(),
            firstVersion: Int64.random(in: 1..<(1 << 30)) << 32)
    }
}
