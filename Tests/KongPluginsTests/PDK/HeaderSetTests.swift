import KongPDK
import Testing

@Suite("Header sets", .timeLimit(.minutes(1)))
struct HeaderSetTests {
    /// The record as the gateway's C reads it.
    private func record(_ name: String, known: UInt8 = 0, _ value: String?) -> [UInt64] {
        var out = withUnsafeBytes(of: UInt64(HeaderName(name).hash)) { Array($0) }
        out += [UInt8(name.utf8.count), 0, known, 0]
        out += withUnsafeBytes(of: Int32(value?.utf8.count ?? -1)) { Array($0) }
        out += Array(name.utf8) + Array(name.lowercased().utf8) + Array((value ?? "").utf8) + [0]
        while out.count % 8 != 0 { out.append(0) }
        return out.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 8).map { bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self) }
        }
    }

    @Test("one record after the other, each ended by a NUL and filled up to a word", arguments: 0..<10)
    func records(_ length: Int) {
        let value = String(repeating: "v", count: length)
        var set = HeaderSet()
        set.set("X-One", Array(value.utf8))
        set.remove("X-Other")
        set.set("Authorization", Array("b".utf8))
        #expect(
            set.records == record("X-One", value) + record("X-Other", nil) + record("Authorization", known: 1, "b"))
    }

    @Test("a value that would end its line only removes", arguments: ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b"])
    func unsafe(_ value: String) {
        var set = HeaderSet()
        set.set("X-One", Array(value.utf8))
        #expect(set.records == record("X-One", nil))
    }
}
