import GRDB
import KongCore

/// Why a store file cannot be used, with what to do about it.
public enum SQLiteError: Error, Sendable, CustomStringConvertible {
    case notAStore(path: String)
    case newer(path: String, found: Int, known: Int)
    case damaged(path: String, detail: String)
    case damagedRow(table: String)
    /// Change `sealed` was acknowledged, the file is at `found`.
    case lostChanges(path: String, found: Int64, sealed: Int64)
    /// There is no file, but what belongs to one.
    case missing(path: String, companion: String)
    case cannotOpen(path: String, detail: String)

    public var description: String {
        switch self {
        case .notAStore(let path):
            "\(path) is not a Kong store: move it away, or set sqlite_path to another file"
        case .newer(let path, let found, let known):
            "\(path) was written by a newer version (layout \(found), this one knows \(known)): upgrade, or restore a backup"
        case .damaged(let path, let detail):
            "\(path) is damaged (\(detail)): restore a backup, or move it and \(path)-* away to start empty"
        case .damagedRow(let table):
            "a row of table \(table) is damaged: stop the gateway and restore a backup of the store"
        case .lostChanges(let path, let found, let sealed):
            "\(path) lacks \(sealed - found) acknowledged changes: its journal \(path)-wal was damaged or lost, or an "
                + "older backup was put in its place; restore a newer backup, or remove \(SQLiteSeal.path(path)) to go on "
                + "without them"
        case .missing(let path, let companion):
            "\(path) is missing, but \(companion) is there: restore a backup, or remove \(path)-* to start empty"
        case .cannotOpen(let path, let detail):
            "cannot open \(path): \(detail)"
        }
    }
}

extension SQLiteError {
    /// A failed statement as clients see it: what can pass (full, locked, read-only) is 503 and says so.
    static func dataError(_ error: any Error, _ path: String) -> DataError {
        if let error = error as? SQLiteError { return .unavailable(error.description) }
        guard let error = error as? DatabaseError else { return .unavailable("\(error)") }
        let detail = error.message ?? "\(error.resultCode)"
        return switch error.resultCode {
        case .SQLITE_FULL:
            .unavailable("\(path) cannot be written: the disk is full; free some space and try again")
        case .SQLITE_READONLY:
            .unavailable("\(path) is read-only: check the owner and mode of the file and its directory")
        case .SQLITE_BUSY, .SQLITE_LOCKED: .unavailable("\(path) is locked by another process: try again")
        case .SQLITE_IOERR: .unavailable("\(path) cannot be read or written: \(reason(error, detail))")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .unavailable("\(path) is damaged (\(detail)): restore a backup")
        case .SQLITE_CANTOPEN, .SQLITE_PERM: .unavailable("\(path) cannot be opened: \(detail)")
        case .SQLITE_TOOBIG: .unavailable("the entity is too large for the store")
        default: .database(error.description)
        }
    }

    /// SQLite says only "disk I/O error"; its extended code tells what was attempted.
    private static func reason(_ error: DatabaseError, _ detail: String) -> String {
        switch error.extendedResultCode {
        case .SQLITE_IOERR_WRITE:
            "\(detail) while writing (a failing disk, one that has turned read-only, or a limit of file sizes: ulimit -f)"
        case .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC: "\(detail) while writing to the disk"
        case .SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ: "\(detail) while reading"
        default: "\(detail) (\(error.extendedResultCode.rawValue))"
        }
    }

    /// Nothing of a batch would fare better alone: it would only wait for the lock again, one after the other.
    static func outlook(_ error: any Error) -> Outlook {
        guard let error = error as? DatabaseError else { return error is SQLiteError ? .away : .failed }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB,
            .SQLITE_CANTOPEN, .SQLITE_PERM:
            return .away
        default: return .failed
        }
    }

    /// Which constraint a statement ran against; nil for other errors.
    static func constraint(_ error: DatabaseError, deleting: Bool = false) -> ConstraintFailure? {
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID: .primaryKey
        case .SQLITE_CONSTRAINT_UNIQUE: .unique(columns: [])
        case .SQLITE_CONSTRAINT_FOREIGNKEY, .SQLITE_CONSTRAINT_TRIGGER:
            deleting ? .referenced(by: nil) : .foreign(column: nil)
        default: nil
        }
    }
}
