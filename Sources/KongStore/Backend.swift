import KongCore

/// A database under the DAO. It knows tables, columns and transactions, and no rule about entities.
public protocol Backend: Sendable {
    var layout: Layout { get }
    /// The id of the workspace `default`.
    var workspace: String { get }
    /// Whether clients may write; a node without a database only ever replaces everything at once.
    var acceptsWrites: Bool { get }

    /// What tells this store from others that the sink may hold; nil for a store that is the node's own, and while a
    /// shared one has not been reached.
    var origin: ConfigurationOrigin? { get }
    /// Where a shared store is; nil for a store that is the node's own.
    var address: String? { get }

    /// Runs `body` in one consistent view, beside writers.
    func read<T: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> T) async throws -> T
    /// Runs `body` over a consistent, perhaps older view that is cheaper to read as a whole.
    /// - Returns: false where there is none now. Called from the writer's thread only.
    func readCopy(_ body: (any ReadSession) throws -> Void) throws -> Bool
    /// Runs `body` with the one writing connection. Called from the writer's thread only.
    func write(_ body: (any WriteSession) throws -> Void) throws
    /// What to tell a client about an error of this database.
    func dataError(_ error: any Error) -> DataError
    /// What an error says about trying again.
    func outlook(_ error: any Error) -> Outlook
    /// Calls `changed` when others may have written, for as long as the backend is open.
    func observe(_ changed: @escaping @Sendable () -> Void)
    /// Drops what the database keeps for a while only. Called from the writer's thread.
    func prune() throws
    /// Reads everything through unless that has been done since the start; may take long.
    /// - Throws: what is damaged. From then on writes are refused with the same error.
    func verify() throws
    func close()
}

public enum Outlook: Sendable {
    /// The same transaction may succeed when it is tried again.
    case retry
    /// The database is away: nothing else will succeed now either.
    case away
    case failed
}

extension Backend {
    public var origin: ConfigurationOrigin? { nil }
    public var address: String? { nil }
    public func readCopy(_ body: (any ReadSession) throws -> Void) throws -> Bool { false }
    public func outlook(_ error: any Error) -> Outlook { .failed }
    public func observe(_ changed: @escaping @Sendable () -> Void) {}
    public func prune() throws {}
    public func verify() throws {}
}

public protocol ReadSession: AnyObject {
    func select(_ query: Query) throws -> [Record]
    func tags(_ query: TagQuery) throws -> [TagRow]
    func count(_ table: Table) throws -> Int
    /// The values that a text column has, without reading every row where the column has an index.
    func distinct(_ column: String, of table: Table) throws -> [String]
    /// The change counter, +1 per committed batch.
    func version() throws -> Int64
}

public protocol WriteSession: ReadSession {
    /// - Parameter consistent: every read sees the moment of the first one; such a transaction does not write.
    func begin(consistent: Bool) throws
    func commit() throws
    /// Ends the transaction if one is open; never fails.
    func rollback()
    func savepoint() throws
    func releaseSavepoint() throws
    func rollbackToSavepoint() throws

    /// - Throws: `ConstraintFailure` where a key is taken or a parent is missing.
    func insert(_ record: Record, into table: Table) throws
    func update(_ record: Record, in table: Table) throws
    func delete(_ key: String, from table: Table) throws
    func deleteAll(from table: Table) throws
    /// Takes the next change counter for this transaction and returns it; nobody else gets one before it ends.
    ///
    /// Where others share the database, also publishes what changed.
    func stamp(_ changes: [EntityChange]) throws -> Int64
    /// What the database itself changed in this transaction; to be asked after `stamp`.
    func sideEffects() throws -> [(entity: String, key: String)]
    /// What others wrote after `version` and before `end`.
    func foreignChanges(after version: Int64, before end: Int64) throws -> ForeignChanges
}

public enum ForeignChanges: Sendable {
    /// These entities changed or went.
    case entities([(entity: String, key: String)])
    /// Something changed that cannot be told apart any more: everything has to be read again.
    case unknown
}

/// A constraint of the database that a statement ran against.
public enum ConstraintFailure: Error, Sendable {
    case primaryKey
    /// The columns as the database names them.
    case unique(columns: [String])
    /// The referring column where the database tells it.
    case foreign(column: String?)
    /// A row is still referred to by this table.
    case referenced(by: String?)
}

/// Rows of one table, ascending by primary key.
public struct Query: Sendable {
    public enum Filter: Sendable {
        /// A column equals a text or number.
        case equals(column: String, JSONValue)
        /// A column is one of some texts.
        case oneOf(column: String, [String])
        /// The text of a column holds a text.
        case contains(column: String, String)
        case tags(TagFilter)
        case expired(before: Double)
    }

    public var table: Table
    public var filters: [Filter]
    /// The primary key after which to start.
    public var after: String?
    public var limit: Int?
    /// Rows that expired before this time do not exist; nil shows them.
    public var now: Double?

    public init(_ table: Table, _ filters: [Filter] = [], after: String? = nil, limit: Int? = nil, now: Double?) {
        self.table = table
        self.filters = filters
        self.after = after
        self.limit = limit
        self.now = now
    }
}

/// Steps from each value to the next one in the index: the work grows with the values, not with the rows.
enum DistinctValues {
    static func sql(_ column: String, of table: Table) -> String {
        let (column, table) = (column.quoted, table.name.quoted)
        return """
            WITH RECURSIVE steps(value) AS (
              SELECT min(\(column)) FROM \(table)
              UNION ALL
              SELECT (SELECT min(\(column)) FROM \(table) WHERE \(column) > steps.value) FROM steps
              WHERE steps.value IS NOT NULL)
            SELECT value FROM steps WHERE value IS NOT NULL
            """
    }
}

/// One tag of one entity.
public struct TagRow: Sendable, Equatable {
    public var entity: String
    public var id: String
    public var tag: String
}

public struct TagQuery: Sendable {
    public var tag: String?
    public var after: (id: String, tag: String)?
    public var limit: Int
}

extension ReadSession {
    func first(_ table: Table, key: String, now: Double?) throws -> Record? {
        try select(Query(table, [.equals(column: table.key, .string(key))], limit: 1, now: now)).first
    }

    func first(_ table: Table, column: Table.Column, _ value: JSONValue, now: Double?) throws -> Record? {
        let wanted = column.kind == .foreign ? value["id"] ?? .null : value
        if wanted.isNull { return nil }
        return try select(Query(table, [.equals(column: column.name, wanted)], limit: 1, now: now)).first
    }

    /// Every row of a table, a thousand at a time.
    func forEach(_ table: Table, now: Double?, _ body: (Record) throws -> Void) throws {
        var after: String?
        while true {
            let rows = try select(Query(table, after: after, limit: 1000, now: now))
            for row in rows { try body(row) }
            guard rows.count == 1000, let last = rows.last else { return }
            after = last.key(table)
        }
    }
}
