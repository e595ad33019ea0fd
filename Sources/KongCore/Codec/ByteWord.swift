/// Eight bytes looked at together, the first one lowest. Answers have the top bit set in each byte that it is true of.
public enum ByteWord {
    @inlinable @inline(__always)
    public static func repeating(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

    /// - Precondition: eight bytes lie at `offset`.
    @inlinable @inline(__always)
    public static func load(_ bytes: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    @inlinable @inline(__always)
    public static func equal(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let difference = word ^ repeating(byte)
        let low = repeating(0x7F)
        return ~((difference & low) &+ low | difference | low)
    }

    /// - Precondition: no byte of the word is above 127.
    @inlinable @inline(__always)
    public static func between(_ word: UInt64, _ first: UInt8, _ last: UInt8) -> UInt64 {
        (word &+ repeating(0x80 - first)) & ~(word &+ repeating(0x7F - last)) & repeating(0x80)
    }
}
