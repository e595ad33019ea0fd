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

    static func row(_ entity: String, _ id: UUIDBytes) -> [UInt8] { SnapshotKey.array { writeRow(entity, id, &$0) } }

    static func writeRow(_ entity: String, _ id: UUIDBytes, _ key: inout SnapshotKey) {
        key.append(name: entity)
        key.append(id)
    }

    /// The names of the sums in `meta`.
    static func sumOfRows(_ entity: String) -> [UInt8] { Array("rows".utf8) + [0] + Array(entity.utf8) }
    static func sumOfIndex(_ entity: String) -> [UInt8] { Array("index".utf8) + [0] + Array(entity.utf8) }

    static func rowPrefix(_ entity: String) -> [UInt8] { Array(entity.utf8) + [0] }

    static func unique(_ entity: String, _ field: String, _ value: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        SnapshotKey.array { writeUnique(entity, field, value, &$0) }
    }

    static func writeUnique(
        _ entity: String, _ field: String, _ value: UnsafeBufferPointer<UInt8>, _ key: inout SnapshotKey
    ) {
        key.append(name: entity)
        key.append(name: field)
        if key.count + value.count <= maxKey {
            key.append(UnsafeRawBufferPointer(value))
        } else {
            // Too long for a key: its hashes instead; the reader compares the row's own value.
            key.append(0xFF as UInt8)
            key.append(hash(value, seed: 0x9E37_79B9_7F4A_7C15))
            key.append(hash(value, seed: 0xC2B2_AE3D_27D4_EB4F))
            key.append(UInt64(value.count))
        }
    }

    static func foreign(_ entity: String, _ field: String, _ parent: UUIDBytes, _ id: UUIDBytes?) -> [UInt8] {
        SnapshotKey.array { key in
            key.append(name: entity)
            key.append(name: field)
            key.append(parent)
            if let id { key.append(id) }
        }
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
