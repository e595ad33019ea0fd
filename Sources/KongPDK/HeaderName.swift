/// A header's name: spelled as given, compared without regard to case, hashed once.
public struct HeaderName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// As written on the wire.
    public let bytes: [UInt8]
    /// Lower case, what comparisons use.
    public let lowercase: [UInt8]
    /// nginx's key hash of the lower-case name.
    public let hash: UInt

    /// nginx keeps a pointer to headers of this name.
    public let isKnownToNginx: Bool

    private static let known: Set<String> = [
        "host", "connection", "if-modified-since", "if-unmodified-since", "if-match", "if-none-match", "user-agent",
        "referer", "content-length", "content-range", "content-type", "range", "if-range", "transfer-encoding", "te",
        "expect", "upgrade", "accept-encoding", "via", "authorization", "keep-alive", "x-forwarded-for", "x-real-ip",
        "accept", "accept-language", "depth", "destination", "overwrite", "date", "cookie",
    ]

    public init(_ name: String) {
        bytes = Array(name.utf8)
        lowercase = bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        isKnownToNginx = Self.known.contains(String(decoding: lowercase, as: UTF8.self))
        hash = lowercase.reduce(0) { $0 &* 31 &+ UInt($1) }
    }

    public init(stringLiteral value: String) { self.init(value) }

    public var description: String { String(decoding: bytes, as: UTF8.self) }

    public static func == (a: HeaderName, b: HeaderName) -> Bool { a.hash == b.hash && a.lowercase == b.lowercase }
    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
