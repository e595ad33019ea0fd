import GRDB
import KongCore

/// Why a store file cannot be used, with what to do about it.
public enum SQLiteError: Error, Sendable, CustomStringConvertible {
    case notAStore(path: String)
    case newer(path: String, found: Int, known: Int)
    case damaged(path: String, detail: String)
    case damagedRow(table: String)
    case cannotOpen(path: String, detail: String)

    public var description: String {
        switch self {
        case .notAStore(let path):
            "\(path) is not a Kong store: move it away, or set sqlite_path to another file"
        case .newer(let path, let found, let known):
            "\(path) was written by a newer version (layout \(found), this one knows \(known)): upgrade, or restore a backup"
        case .damaged(let path, let detail):
            "\(path) is damaged (\(detail)): restore a backup, or move it away to start empty"
        case .damagedRow(let table):
            "a row of table \(table) is damaged: stop the gateway and restore a backup of the store"
        case .cannotOpen(let path, let detail):
            "cannot open \(path): \(detail)"
        }
    }
}

extension SQLiteError {
    /// A failed statement as clients see it: what can pass (full, locked, read-only) is 503 and says so.
    static func dataError(_ error: any Error) -> DataError {
        if let error = error as? SQLiteError { return .unavailable(error.description) }
        guard let error = error as? DatabaseError else { return .unavailable("\(error)") }
        let detail = error.message ?? "\(error.resultCode)"
        return switch error.resultCode {
        case .SQLITE_FULL: .unavailable("the disk that holds the store is full: free some space and try again")
        case .SQLITE_READONLY:
            .unavailable("the store is read-only: check the owner and mode of its file and directory")
        case .SQLITE_BUSY, .SQLITE_LOCKED: .unavailable("the store is locked by another process: try again")
        case .SQLITE_IOERR: .unavailable("the store cannot be read or written: \(detail)")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .unavailable("the store is damaged (\(detail)): restore a backup")
        case .SQLITE_CANTOPEN, .SQLITE_PERM: .unavailable("the store cannot be opened: \(detail)")
        case .SQLITE_TOOBIG: .unavailable("the entity is too large for the store")
        default: .database(error.description)
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
