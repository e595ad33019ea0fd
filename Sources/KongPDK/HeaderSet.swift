import KongCore

/// Headers that are set, or removed, together: made once, given to many requests.
///
/// In the form in which the gateway hands them to nginx in one step; see `RequestBackend.setHeaders`.
public struct HeaderSet: Sendable {
    /// One record after the other, each at a multiple of eight: the hash of the name (8 bytes), its length (2),
    /// whether nginx knows it (2), the length of the value, -1 where the header is only removed (4), in this machine's
    /// order; the name, the name in lower case, the value, a NUL.
    public private(set) var records: [UInt8] = []
    /// Of the names, in the order of the records.
    public private(set) var hashes: [UInt64] = []

    public init() {
        records.reserveCapacity(256)
        hashes.reserveCapacity(5)
    }

    /// Takes the place of every header of this name; a value that would end its line only removes them.
    public mutating func set(_ name: HeaderName, _ value: [UInt8]) {
        let isSafe = !value.contains { $0 == 0 || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
        append(name, isSafe ? value : nil)
    }

    public mutating func remove(_ name: HeaderName) { append(name, nil) }

    private mutating func append(_ name: HeaderName, _ value: [UInt8]?) {
        guard let nameCount = UInt16(exactly: name.bytes.count), let valueCount = Int32(exactly: value?.count ?? -1)
        else { return }
        hashes.append(UInt64(name.hash))
        append(UInt64(name.hash))
        append(nameCount)
        append(UInt16(name.isKnownToNginx ? 1 : 0))
        append(valueCount)
        records.append(contentsOf: name.bytes)
        records.append(contentsOf: name.lowercase)
        if let value { records.append(contentsOf: value) }
        repeat { records.append(0) } while records.count % 8 != 0
    }

    private mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number) { records.append(contentsOf: $0) }
    }
}
