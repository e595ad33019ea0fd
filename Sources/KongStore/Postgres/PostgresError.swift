import KongCore

/// What went wrong with a server, or what it refused.
public enum PostgresError: Error, Sendable, CustomStringConvertible {
    /// The server cannot be reached, went away or does not answer.
    case connection(String)
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
        case .connection(let reason): reason
        case .server(let error): "\(error.message) (\(error.state))"
        case .layout(let reason): reason
        }
    }

    /// Whether another connection may succeed.
    var isConnectionLoss: Bool {
        switch self {
        case .connection: true
        // Shutting down, crashed, starting up.
        case .server(let error): error.state.hasPrefix("57P") || error.state.hasPrefix("08")
        case .layout: false
        }
    }

    /// Whether the same transaction may succeed when it is tried again.
    var isConflict: Bool {
        if case .server(let error) = self { error.state == "40001" || error.state == "40P01" } else { false }
    }

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

    var dataError: DataError {
        switch self {
        case .connection(let reason): return .unavailable("the database cannot be reached: \(reason)")
        case .layout(let reason): return .unavailable(reason)
        case .server(let error):
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
}
