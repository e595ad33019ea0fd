/// A header's name: spelled as given, compared without regard to case, hashed once.
public struct HeaderName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// As written on the wire.
    public let bytes: [UInt8]
    /// Lower case, what comparisons use.
    public let lowercase: [UInt8]
    /// nginx's key hash of the lower-case name.
    public let hash: UInt

    public init(_ name: String) {
        bytes = Array(name.utf8)
        lowercase = bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        hash = lowercase.reduce(0) { $0 &* 31 &+ UInt($1) }
    }

    public init(stringLiteral value: String) { self.init(value) }

    public var description: String { String(decoding: bytes, as: UTF8.self) }

    public static func == (a: HeaderName, b: HeaderName) -> Bool { a.hash == b.hash && a.lowercase == b.lowercase }
    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
