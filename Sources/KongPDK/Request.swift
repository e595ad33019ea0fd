import KongCore

/// Whom a request was authenticated as.
public final class Consumer: WorkerEntity {
    public static let entity = "consumers"
    public let id: UUIDBytes
    public let username: [UInt8]?
    public let customID: [UInt8]?

    public init?(id: UUIDBytes, row: inout RowReader) {
        self.id = id
        var username: [UInt8]?
        var customID: [UInt8]?
        let isWhole = row.forEachField { name, value in
            if name.isText("username") {
                username = value.stringBytes().map(Array.init)
            } else if name.isText("custom_id") {
                customID = value.stringBytes().map(Array.init)
            }
        }
        guard isWhole else { return nil }
        self.username = username
        self.customID = customID
    }
}

/// What a credential says of itself to later plugins and the upstream.
public struct Credential: Sendable {
    public var id: UUIDBytes
    /// The value of `X-Credential-Identifier`.
    public var identifier: [UInt8]
    public init(id: UUIDBytes, identifier: [UInt8]) {
        self.id = id
        self.identifier = identifier
    }
}

/// A record that workers read from the snapshot on demand. Immutable.
public protocol WorkerEntity: AnyObject, Sendable {
    static var entity: String { get }
    /// - Parameter row: the record, a map of its present fields; valid during the call.
    init?(id: UUIDBytes, row: inout RowReader)
}

/// The configuration's entities, as of the request's present.
public protocol EntityReader: AnyObject {
    /// Moves when any record of any entity may have changed.
    @Worker var generation: UInt64 { get }
    /// Moves when any record of the entity may have changed.
    @Worker func generation(of kind: EntityKind) -> UInt64
    /// Calls `body` with the record of this id, if there is one; the row is valid during the call.
    @Worker func withRow(
        _ entity: String, id: UUIDBytes, _ body: (inout RowReader) -> Void
    ) throws(PluginError)
    /// The same with the record whose unique field has this value.
    @Worker func withRow(
        _ entity: String, field: String, _ value: UnsafeBufferPointer<UInt8>,
        _ body: (_ id: UUIDBytes, inout RowReader) -> Void
    ) throws(PluginError)
    /// The records whose foreign field names this parent, ascending by id.
    @Worker func forEachChild(
        _ entity: String, field: String, of parent: UUIDBytes, _ body: (_ id: UUIDBytes, inout RowReader) -> Void
    ) throws(PluginError)
    /// All that `body` looks up is of one state of the configuration; also the cheaper way to look up several records.
    @Worker func atOnce(_ body: () throws(PluginError) -> Void) throws(PluginError)
    /// A whole record, references to secrets left as they are; for plugins that show or log entities.
    @Worker func record(_ entity: String, _ id: UUIDBytes) -> JSONObject?
}

/// What stands behind the contexts: nginx in a worker, a value in memory in tests.
///
/// Names and values are bytes: HTTP does not promise text.
public protocol RequestBackend: AnyObject {
    @Worker var method: String { get }
    /// `1.0`, `1.1`, `2.0`.
    @Worker var httpVersion: String { get }
    @Worker var scheme: String { get }
    /// The host that the client asked for, without its port.
    @Worker var host: [UInt8] { get }
    /// The path as the client sent it, without the query.
    @Worker var rawPath: [UInt8] { get }
    /// Without the question mark; empty when there is none.
    @Worker var rawQuery: [UInt8] { get set }
    @Worker var clientAddress: [UInt8] { get }
    @Worker var requestID: [UInt8] { get }
    /// Unix seconds.
    @Worker var now: Double { get }

    /// The first value; the bytes are valid during `body`.
    @Worker func withHeader<R>(_ name: HeaderName, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R?
    @Worker func headers(_ name: HeaderName) -> [[UInt8]]
    /// Every header as sent, in order.
    @Worker var allHeaders: [(name: [UInt8], value: [UInt8])] { get }
    /// Calls `body` with the header's first value, which is valid during the call, and whether it has no other;
    /// not at all where there is no such header.
    @Worker func withFirstHeader(_ name: HeaderName, _ body: (UnsafeBufferPointer<UInt8>, _ isOnly: Bool) -> Void)
    @Worker func setHeader(_ name: HeaderName, _ value: [UInt8])
    @Worker func setHeaders(_ headers: HeaderSet)
    @Worker func addHeader(_ name: HeaderName, _ value: [UInt8])
    @Worker func removeHeader(_ name: HeaderName)

    /// The buffered body; nil until it was read (`Verdict.readBody`).
    @Worker var body: [UInt8]? { get }
    /// The length of the body once it was read, however long: it is not taken into memory for that.
    @Worker var bodySize: Int? { get }
    @Worker func setBody(_ body: [UInt8])

    /// What plugins remember of this request between their phases.
    @Worker var state: RequestState { get set }
    @Worker var connection: ConnectionFacts { get }
    /// The `node_id` of this gateway.
    @Worker var nodeID: String { get }

    @Worker var consumer: Consumer? { get set }
    @Worker var credential: Credential? { get set }
    /// Groups that an authenticating plugin brought along, for acl.
    @Worker var authenticatedGroups: [String]? { get set }
    @Worker var entities: any EntityReader { get }
    @Worker var routeID: UUIDBytes? { get }
    @Worker var serviceID: UUIDBytes? { get }

    @Worker var status: Int { get set }
    /// Whether the gateway made the answer (not the upstream).
    @Worker var isExit: Bool { get }
    @Worker func responseHeader(_ name: HeaderName) -> [UInt8]?
    @Worker func setResponseHeader(_ name: HeaderName, _ value: [UInt8])
    @Worker func addResponseHeader(_ name: HeaderName, _ value: [UInt8])
    @Worker func removeResponseHeader(_ name: HeaderName)
    @Worker func clearContentLength()

    @Worker func log(_ level: LogLevel, _ message: String)
}
