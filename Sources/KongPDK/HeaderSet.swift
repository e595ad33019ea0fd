import KongCore

/// Headers that are set, or removed, together: made once, given to many requests. Each name once.
///
/// In the form in which the gateway hands them to nginx in one step; see `RequestBackend.setHeaders`.
public struct HeaderSet: Sendable {
    /// One record after the other, in this machine's order: the hash of the name (8 bytes), its length (2), whether
    /// nginx knows it (2), the length of the value, -1 where the header is only removed (4); the name, the name in
    /// lower case, the value and at least one NUL, up to a whole word.
    public private(set) var records: [UInt64] = []

    public init() { records.reserveCapacity(48) }

    /// Takes the place of every header of this name; a value that would end its line only removes them.
    public mutating func set(_ name: HeaderName, _ value: [UInt8]) {
        if Self.isSafe(value) { append(name, value, count: value.count) } else { remove(name) }
    }

    public mutating func remove(_ name: HeaderName) { append(name, [], count: -1) }

    private mutating func append(_ name: HeaderName, _ value: [UInt8], count: Int) {
        guard let nameCount = UInt16(exactly: name.bytes.count), let valueCount = Int32(exactly: count) else { return }
        let known: UInt64 = name.isKnownToNginx ? 1 : 0
        records.append(UInt64(name.hash))
        records.append(UInt64(nameCount) | known << 16 | UInt64(UInt32(bitPattern: valueCount)) << 32)
        let start = records.count * 8
        let texts = 2 * name.bytes.count + value.count
        records.append(contentsOf: repeatElement(0, count: texts / 8 + 1))
        records.withUnsafeMutableBytes { memory in
            func put(_ text: [UInt8], at offset: Int) {
                text.withUnsafeBytes {
                    UnsafeMutableRawBufferPointer(rebasing: memory[(start + offset)...]).copyMemory(from: $0)
                }
            }
            put(name.bytes, at: 0)
            put(name.lowercase, at: name.bytes.count)
            put(value, at: 2 * name.bytes.count)
        }
    }

    private static func isSafe(_ value: [UInt8]) -> Bool {
        value.withUnsafeBytes { bytes in
            var offset = 0
            while offset + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                // Any byte below 14 sets its high bit; bytes above 127 do not.
                if (word &- 0x0E0E_0E0E_0E0E_0E0E) & ~word & 0x8080_8080_8080_8080 != 0 { break }
                offset += 8
            }
            return bytes[offset...].allSatisfy { $0 != 0 && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        }
    }
}
