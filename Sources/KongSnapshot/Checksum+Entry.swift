/// A row as the snapshot keeps it: a checksum of key and record before the record, because LMDB has none of its own.
enum Sealed {
    static let size = 8

    static func make(_ key: [UInt8], _ record: [UInt8]) -> (bytes: [UInt8], sum: UInt64) {
        let sum = key.withUnsafeBytes { key in record.withUnsafeBytes { Checksum.of(key, $0) } }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size + record.count)
        SnapshotLayout.append(sum, to: &bytes)
        bytes += record
        return (bytes, sum)
    }

    /// The record and its sum; nil where the bytes are not those that were written under this key.
    @inline(__always)
    static func open(
        _ key: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer
    ) -> (record: UnsafeRawBufferPointer, sum: UInt64)? {
        guard let sum = SnapshotLayout.uint64(bytes) else { return nil }
        let record = UnsafeRawBufferPointer(rebasing: bytes[size...])
        return Checksum.of(key, record) == sum ? (record, sum) : nil
    }
}

extension Checksum {
    /// Of one entry of a database. Every step can be undone, so two entries that differ in one word differ here.
    ///
    /// The sums of an entity's entries, added up, tell whether all of them are there, in whatever order they came.
    static func of(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> UInt64 {
        var sum: UInt64 = 0x9E37_79B9_7F4A_7C15
        mix(key, &sum)
        mix(value, &sum)
        return sum
    }

    private static func mix(_ bytes: UnsafeRawBufferPointer, _ sum: inout UInt64) {
        var offset = 0
        while offset + 8 <= bytes.count {
            step(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), &sum)
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset += 1
        }
        step(rest, &sum)
        // "ab" + "c" is not "a" + "bc".
        step(UInt64(bytes.count), &sum)
    }

    @inline(__always)
    private static func step(_ word: UInt64, _ sum: inout UInt64) {
        sum = (sum ^ word) &* 0xD6E8_FEB8_6659_FD93
        sum ^= sum >> 32
    }
}
