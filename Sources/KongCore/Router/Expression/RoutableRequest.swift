/// What an expression may ask of a request. Bytes live for the length of the call; what is dear to find is asked for
/// only when a comparison needs it.
public protocol RoutableRequest {
    /// In normal form (`PathNormalization`), without the query.
    var path: UnsafeBufferPointer<UInt8> { get }
    /// The Host header without its port, as received; nil when there is none.
    var host: UnsafeBufferPointer<UInt8>? { get }
    var method: UnsafeBufferPointer<UInt8> { get }
    var isTLS: Bool { get }
    /// What the client named in the TLS handshake.
    var serverName: UnsafeBufferPointer<UInt8>? { get }
    /// Without the question mark.
    var query: UnsafeBufferPointer<UInt8> { get }
    var sourceAddress: NetworkAddress? { get }
    var sourcePort: UInt16 { get }
    var destinationAddress: NetworkAddress? { get }
    /// The Host header's port, else the listener's.
    var destinationPort: UInt16 { get }
    /// Calls `body` with each value of a header (name in lower case) until it answers false. A name with underscores
    /// also stands for the one with dashes, which a field's name cannot have.
    func forEachHeader(_ name: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Bool)
}
