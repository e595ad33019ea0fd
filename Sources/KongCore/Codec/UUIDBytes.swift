/// 128 bits of UUID, ordered like its text.
public struct UUIDBytes: Hashable, Comparable, Sendable {
    public var high: UInt64
    public var low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// From the canonical 36-character text, either case; nil for anything else.
    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 36, let start = text.baseAddress else { return nil }
        let dash = UInt8(ascii: "-")
        guard text[8] == dash, text[13] == dash, text[18] == dash, text[23] == dash else { return nil }
        let raw = UnsafeRawPointer(start)
        func four(_ offset: Int) -> UInt64 {
            UInt64(UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
        guard let a = HexWord.number(four(0) << 32 | four(4)), let b = HexWord.number(four(9) << 32 | four(14)),
            let c = HexWord.number(four(19) << 32 | four(24)), let d = HexWord.number(four(28) << 32 | four(32))
        else { return nil }
        self.init(high: UInt64(a) << 32 | UInt64(b), low: UInt64(c) << 32 | UInt64(d))
    }

    public init?(_ text: String.UTF8View) {
        let parsed = text.withContiguousStorageIfAvailable { UUIDBytes($0) } ?? nil
        guard let parsed else { return nil }
        self = parsed
    }

    public init?(_ text: [UInt8]) {
        guard let parsed = text.withUnsafeBufferPointer({ UUIDBytes($0) }) else { return nil }
        self = parsed
    }

    @inlinable
    public static func < (a: UUIDBytes, b: UUIDBytes) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }

    /// The canonical lower-case text, 36 bytes.
    public var text: [UInt8] {
        var text = [UInt8](repeating: UInt8(ascii: "-"), count: 36)
        text.withUnsafeMutableBytes { raw in
            func put(_ word: UInt64, _ first: Int, _ second: Int) {
                let digits = HexWord.digits(UInt32(truncatingIfNeeded: word))
                raw.storeBytes(
                    of: UInt32(truncatingIfNeeded: digits >> 32).bigEndian, toByteOffset: first, as: UInt32.self)
                raw.storeBytes(of: UInt32(truncatingIfNeeded: digits).bigEndian, toByteOffset: second, as: UInt32.self)
            }
            put(high >> 32, 0, 4)
            put(high, 9, 14)
            put(low >> 32, 19, 24)
            put(low, 28, 32)
        }
        return text
    }

    public var string: String { String(decoding: text, as: UTF8.self) }
}
