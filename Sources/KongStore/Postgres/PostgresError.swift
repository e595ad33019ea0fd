import KongCore

/// What went wrong with a server, or what it refused.
public enum PostgresError: Error, Sendable, CustomStringConvertible {
    /// The server cannot be reached or went away.
    case connection(String)
    /// The server does not answer.
    case timeout(String)
    /// The server takes no connection of this user to this database.
    case refused(String)
    /// The connection was lost before anything was kept: the same transaction may be tried again.
    case interrupted(String)
    /// The connection was lost while the server kept the transaction, and nobody can tell how it ended.
    case unknownOutcome(String)
    /// This node's own limits.
    case busy(String)
    case server(ServerError)
    /// The database is not Kong's, or not of this version.
    case layout(String)

    public struct ServerError: Sendable {
        public var state: String
        public var message: String
        public var detail: String
        public var table: String
        public var constraint: String
    }

    public var description: String {
        switch self {
        case .connection(let reason), .timeout(let reason), .refused(let reason), .interrupted(let reason),
            .unknownOutcome(let reason), .busy(let reason), .layout(let reason):
            reason
        case .server(let error): "\(error.message) (\(error.state))"
        }
    }

    /// Whether another connection may succeed.
    public var isConnectionLoss: Bool {
        switch self {
        case .connection, .timeout: true
        // Shutting down, crashed, starting up.
        case .server(let error): error.state.hasPrefix("57P") || error.state.hasPrefix("08")
        default: false
        }
    }

    var isTimeout: Bool { if case .timeout = self { true } else { false } }

    var constraintFailure: ConstraintFailure? {
        guard case .server(let error) = self else { return nil }
        switch error.state {
        case "23505":
            return error.constraint == "\(error.table)_pkey" ? .primaryKey : .unique(columns: [])
        case "23503":
            if error.message.contains("update or delete on table") { return .referenced(by: error.table) }
            // Detail: Key (service_id, ws_id)=(…) is not present in table "services".
            let column = error.detail.split(separator: "(").dropFirst().first?.prefix { $0 != "," && $0 != ")" }
            return .foreign(column: column.map { $0.filter { $0 != "\"" } })
        default: return nil
        }
    }

    /// What it says about trying again.
    var outlook: Outlook {
        switch self {
        case .connection, .timeout, .refused, .unknownOutcome, .busy: .away
        case .interrupted: .retry
        case .server(let error) where error.state == "40001" || error.state == "40P01": .retry
        case .server: isConnectionLoss ? .away : .failed
        case .layout: .failed
        }
    }

    var dataError: DataError {
        guard case .server(let error) = self else { return .unavailable(description) }
        switch error.state.prefix(2) {
        case "53": return .unavailable("the database is out of resources: \(error.message)")
        case "57", "08": return .unavailable("the database is not available: \(error.message)")
        case "25": return .unavailable("the database does not accept writes: \(error.message)")
        case "40": return .unavailable("the write met too many others: try again")
        case "42" where error.state == "42501": return .unavailable("the database refuses: \(error.message)")
        default: return .database("[PostgreSQL error] \(error.message)")
        }
    }
}
