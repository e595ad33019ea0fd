import KongCore

/// A credential as workers read it: whose it is, and what requests name it by.
public protocol WorkerCredential: WorkerEntity {
    /// The unique field that a request's key, user name or token is looked up in.
    static var lookupField: String { get }
    var consumer: UUIDBytes { get }
    var credential: Credential { get }
}

/// A credential and its consumer: what an authenticating plugin keeps of a client it has seen.
///
/// The plugin describes its credential and has a cache of identities, which forgets them when a credential or a
/// consumer changes:
///
///     final class TicketCredential: WorkerCredential {
///         static let entity = "ticket_credentials"
///         static let lookupField = "number"
///         let consumer: UUIDBytes
///         let credential: Credential
///
///         init?(id: UUIDBytes, row: inout RowReader) {
///             var consumer: UUIDBytes?
///             let isWhole = row.forEachField { name, value in
///                 if name.isText("consumer") { consumer = value.foreignID() }
///             }
///             guard isWhole, let consumer else { return nil }
///             self.consumer = consumer
///             credential = Credential(id: id, identifier: id.text)
///         }
///     }
///
///     @Worker private static let identities = EntityCache<Identity<TicketCredential>>(slots: 4096)
///
///     guard let identity = try Self.identities.find(number, request.entities) else { return .refused(response) }
///     return try identity.authenticate(request)
public final class Identity<C: WorkerCredential>: Sendable {
    public let credential: C
    /// Nil when the credential names one that is not there.
    public let consumer: Consumer?
    /// What the service is told.
    @usableFromInline let headers: HeaderSet

    @inlinable
    init(_ credential: C, _ consumer: Consumer?) {
        self.credential = credential
        self.consumer = consumer
        headers = consumer.map { Authentication.headers(of: $0, with: credential.credential) } ?? HeaderSet()
    }

    /// The request is this consumer's, with this credential.
    /// - Throws: when the consumer is not there; the request is then answered with 500.
    @Worker @inlinable
    public func authenticate(_ request: any RequestBackend) throws(PluginError) -> Authentication.Outcome {
        guard let consumer else {
            throw PluginError("\(C.entity) \(credential.credential.id.string) names a consumer that is gone")
        }
        Authentication.authenticate(request, as: consumer, with: credential.credential, headers)
        return .authenticated
    }
}

extension EntityCache {
    /// A cache of identities.
    /// - Parameter slots: rounded up to a power of two.
    public convenience init<C>(slots: Int = 1024) where Value == Identity<C> {
        self.init(entities: [C.entity, Consumer.entity], slots: slots)
    }

    /// Whose key this is; nil when it is nobody's.
    @inlinable
    public func find<C>(
        _ key: UnsafeBufferPointer<UInt8>, _ reader: any EntityReader
    ) throws(PluginError) -> Identity<C>? where Value == Identity<C> {
        try find(key, reader) { () throws(PluginError) in
            var identity: Identity<C>?
            try reader.atOnce { () throws(PluginError) in
                guard let found = try reader.find(C.self, field: C.lookupField, key) else { return }
                identity = Identity(found, try reader.find(Consumer.self, id: found.consumer))
            }
            return identity
        }
    }

    /// Whose key this is; nil when it is nobody's.
    @inlinable
    public func find<C>(
        _ key: [UInt8], _ reader: any EntityReader
    ) throws(PluginError) -> Identity<C>? where Value == Identity<C> {
        try key.withUnsafeBufferPointer { bytes throws(PluginError) in try find(bytes, reader) }
    }
}
