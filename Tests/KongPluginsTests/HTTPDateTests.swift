import KongPDK
import Testing

@Suite("HTTP dates")
struct HTTPDateTests {
    @Test(
        "the three forms, and what is none",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Wed, 29 Feb 2023 00:00:00 GMT", nil),
            ("Sun, 32 Nov 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 24:00:00 GMT", nil),
            ("Sun, 06 Nov 1994 08:49:37", nil), ("yesterday", nil), ("", nil), ("Sun, 06 Nov 99999 08:49:37 GMT", nil),
        ] as [(String, Int64?)])
    func parse(text: String, seconds: Int64?) {
        #expect(HTTPDate.parse(Array(text.utf8)) == seconds)
    }
}
