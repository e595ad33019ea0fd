import KongCore
import Testing

@Suite("UUIDs as text")
struct UUIDBytesTests {
    private static let text = "01234567-89ab-cdef-fedc-ba9876543210"

    @Test("read in either case, written in lower case")
    func both() throws {
        let id = try #require(UUIDBytes(Self.text.utf8))
        #expect(id == UUIDBytes(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210))
        #expect(id.string == Self.text)
        #expect(UUIDBytes(Self.text.uppercased().utf8) == id)
    }

    @Test("every byte at every place: digits and dashes where they belong, nothing else")
    func everyByte() {
        let text = Array(Self.text.utf8)
        for position in text.indices {
            for byte in UInt8.min...UInt8.max {
                var other = text
                other[position] = byte
                let isDash = text[position] == UInt8(ascii: "-")
                let isAccepted = isDash ? byte == UInt8(ascii: "-") : byte.hexDigit != nil
                let id = UUIDBytes(other)
                #expect((id != nil) == isAccepted, "byte \(byte) at \(position)")
                if let id { #expect(id.string == String(decoding: other, as: UTF8.self).lowercased()) }
            }
        }
    }

    @Test("no other length", arguments: [0, 1, 35, 37, 72])
    func length(_ count: Int) {
        let text = Array((Self.text + Self.text).utf8.prefix(count)) + Array(repeating: 0x30, count: max(0, count - 72))
        #expect(UUIDBytes(text) == nil)
    }
}
