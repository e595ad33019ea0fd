import KongCore
import Testing

@Suite("base64")
struct Base64Tests {
    @Test("every length there and back")
    func roundTrip() {
        for count in 0...70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
        }
    }

    @Test(
        "as nginx reads it: padding ends the text",
        arguments: [
            ("QQ", "A"), ("QQ==", "A"), ("QUI=", "AB"), ("QUI= trailing !", "AB"), ("", ""), ("=", ""), ("Q", nil),
            ("QUJDR", nil), ("QQ QQ", nil), ("Q-Q_", nil),
        ] as [(String, String?)])
    func lenient(text: String, bytes: String?) {
        #expect(Base64.decode(text.utf8) == bytes.map { Array($0.utf8) })
    }
}
