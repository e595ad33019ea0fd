import KongCore

/// How a client names one entity: by primary key, or by a unique field.
public enum EntityKey: Sendable, Equatable {
    case id(String)
    case field(String, JSONValue)

    /// The code-6 error for an entity that is not there.
    func notFound(_ table: Table) -> DataError {
        switch self {
        case .id(let id): .notFound(primaryKey: [table.key: .string(id)])
        case .field(let name, let value): .notFound(unique: [name: value])
        }
    }

    /// The end of Kong's refusal on nodes without a database.
    var suffix: String {
        switch self {
        case .id: ""
        case .field(let name, _): " by '\(name)'"
        }
    }
}
