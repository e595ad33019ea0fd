/// One entity that came, changed or went, as the store committed it.
public struct EntityChange: Sendable {
    public enum Operation: Sendable {
        /// The whole record, every schema field present.
        case upsert(JSONObject)
        case delete
    }

    public var entity: String
    public var id: String
    public var operation: Operation
    /// The record before the change; nil for an insert.
    public var old: JSONObject?

    public init(entity: String, id: String, operation: Operation, old: JSONObject? = nil) {
        self.entity = entity
        self.id = id
        self.operation = operation
        self.old = old
    }
}

/// Where a store's committed changes go: the snapshot that the workers read.
///
/// The order that keeps "a 2xx means the next request sees it": begin the store's transaction,
/// run its statements, `stage`, commit the store durably, `commit` the staged changes, answer.
public protocol ChangeSink: Sendable {
    /// Takes the changes in, invisible to readers until `commit()`.
    ///
    /// Runs on the writer's own thread, and `commit`/`abort` must follow on the same one.
    /// - Throws: when they cannot be kept (map full, disk full): the store then rolls back.
    func stage(_ changes: [EntityChange], version: Int64) throws -> any StagedChanges

    /// The store version that the snapshot holds; nil when there is no usable snapshot.
    func version() throws -> Int64?

    /// Whose configuration the sink holds; nil when there is none or it is nobody's but this node's.
    func origin() throws -> ConfigurationOrigin?

    /// Notes that what the sink holds is found at another address now.
    func adopt(_ origin: ConfigurationOrigin) throws

    /// Takes in everything that `feed` emits in place of what is there, invisible to readers until `commit()`.
    ///
    /// The same thread and the same order as for `stage`.
    func stageAll(
        version: Int64, origin: ConfigurationOrigin?, _ feed: (_ emit: (EntityChange) throws -> Void) throws -> Void
    ) throws -> any StagedChanges

    /// Whether what readers have can no longer be trusted. Only `stageAll` mends it.
    func isDamaged() -> Bool
}

extension ChangeSink {
    /// Replaces everything by what `feed` emits, visible to readers at once when it returns.
    public func rebuild(
        version: Int64, origin: ConfigurationOrigin? = nil,
        _ feed: (_ emit: (EntityChange) throws -> Void) throws -> Void
    ) throws {
        try stageAll(version: version, origin: origin, feed).commit()
    }

    public func isDamaged() -> Bool { false }
}

/// The shared store that a configuration came from.
public struct ConfigurationOrigin: Sendable, Equatable {
    /// Where the settings find the store; without secrets.
    public var address: String
    /// The store's own id: it tells another store behind the same address.
    public var identity: String

    public init(address: String, identity: String) {
        self.address = address
        self.identity = identity
    }
}

public protocol StagedChanges {
    func commit() throws
    func abort()
}
