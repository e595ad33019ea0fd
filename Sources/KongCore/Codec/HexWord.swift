/// Eight hexadecimal digits at a time, without a branch: ids are written and read for nearly every request.
public enum HexWord {
    /// The lower-case digits of a number, the first one in the top byte.
    @inlinable @inline(__always)
    public static func digits(_ number: UInt32) -> UInt64 {
        // Nibbles spread to bytes, then made digits.
        var x = UInt64(number)
        x = (x | x << 16) & 0x0000_FFFF_0000_FFFF
        x = (x | x << 8) & 0x00FF_00FF_00FF_00FF
        x = (x | x << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = ((x &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        return x &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    /// The number that eight digits, in either case, stand for; nil where something else is among them.
    @inlinable @inline(__always)
    public static func number(_ digits: UInt64) -> UInt32? {
        // Of all that becomes a nibble only digits come back as they were.
        let letters = digits & 0x4040_4040_4040_4040
        var x = ((digits & 0x0F0F_0F0F_0F0F_0F0F) &+ (letters >> 6) &* 9) & 0x0F0F_0F0F_0F0F_0F0F
        x = (x | x >> 4) & 0x00FF_00FF_00FF_00FF
        x = (x | x >> 8) & 0x0000_FFFF_0000_FFFF
        let number = UInt32(truncatingIfNeeded: x | x >> 16)
        return Self.digits(number) == digits | letters >> 1 ? number : nil
    }
}
