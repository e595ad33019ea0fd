import KongCore

/// The keys of the snapshot. Four databases:
///
/// - `meta`:    `format`, `version` (the store's), `seq` (last change), `epoch` (changes on a rebuild),
///              `origin` and `identity` (of a shared store), `log_level`,
///              `rows 00 entity` and `index 00 entity`: the checksums of all entries of that entity, added up
/// - `rows`:    entity 00 id(16)                 → checksum(8), the record in MessagePack
/// - `index`:   entity 00 field 00 value         → id(16), for unique fields
///              entity 00 field 00 parent(16) id(16) → "", for foreign fields
/// - `changes`: seq(8, big endian)               → checksum(8) operation(1) id(16) entity
enum SnapshotLayout {
    /// Bumped whenever rows or keys change shape: an older file is rebuilt, never read.
    static let format: UInt64 = 2
    /// Change entries kept; a worker further behind rebuilds.
    static let changesKept: UInt64 = 8192
    /// LMDB's longest key.
    static let maxKey = 511

    static func row(_ entity: String, _ id: UUIDBytes) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(entity.utf8.count + 17)
        key.append(contentsOf: entity.utf8)
        key.append(0)
        append(id, to: &key)
        return key
    }

    /// The names of the sums in `meta`.
    static func sumOfRows(_ entity: String) -> [UInt8] { Array("rows".utf8) + [0] + Array(entity.utf8) }
    static func sumOfIndex(_ entity: String) -> [UInt8] { Array("index".utf8) + [0] + Array(entity.utf8) }

    static func rowPrefix(_ entity: String) -> [UInt8] { Array(entity.utf8) + [0] }

    static func unique(_ entity: String, _ field: String, _ value: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var key = fieldPrefix(entity, field, room: min(value.count, maxKey))
        if key.count + value.count <= maxKey {
            key.append(contentsOf: value)
        } else {
            // Too long for a key: its hashes instead; the reader compares the row's own value.
            key.append(0xFF)
            append(hash(value, seed: 0x9E37_79B9_7F4A_7C15), to: &key)
            append(hash(value, seed: 0xC2B2_AE3D_27D4_EB4F), to: &key)
            append(UInt64(value.count), to: &key)
        }
        return key
    }

    static func foreign(_ entity: String, _ field: String, _ parent: UUIDBytes, _ id: UUIDBytes?) -> [UInt8] {
        var key = fieldPrefix(entity, field, room: 32)
        append(parent, to: &key)
        if let id { append(id, to: &key) }
        return key
    }

    static func fieldPrefix(_ entity: String, _ field: String, room: Int) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(entity.utf8.count + field.utf8.count + 2 + room)
        key.append(contentsOf: entity.utf8)
        key.append(0)
        key.append(contentsOf: field.utf8)
        key.append(0)
        return key
    }

    static func append(_ id: UUIDBytes, to key: inout [UInt8]) {
        append(id.high, to: &key)
        append(id.low, to: &key)
    }

    static func append(_ value: UInt64, to key: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { key.append(contentsOf: $0) }
    }

    static func uint64(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) -> UInt64? {
        guard bytes.count >= offset + 8 else { return nil }
        return UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    static func id(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) -> UUIDBytes? {
        guard let high = uint64(bytes, at: offset), let low = uint64(bytes, at: offset + 8) else { return nil }
        return UUIDBytes(high: high, low: low)
    }

    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>, seed: UInt64) -> UInt64 {
        var hash = seed
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash ^ (hash >> 31)
    }
}
