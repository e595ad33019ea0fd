/// Name-based UUIDs, so that the same file always gives the same entities.
enum UUIDv5 {
    /// The UUID of `name` in a name space that is itself a UUID.
    static func generate(namespace: String, name: String) -> String {
        let namespaceBytes = bytes(of: namespace)
        let digest = SHA1.hash(namespaceBytes + Array(name.utf8))
        var high: UInt64 = digest[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
        var low: UInt64 = digest[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
        high = high & 0xFFFF_FFFF_FFFF_0FFF | 0x5000
        low = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return RandomText.uuid(high: high, low: low)
    }

    private static func bytes(of uuid: String) -> [UInt8] {
        let digits = uuid.utf8.compactMap(\.hexDigit)
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
