import KongCore
import Testing

@Suite("Percent-encoding")
struct PercentTests {
    @Test(
        "escapes are decoded, what is none stays",
        arguments: [
            ("", "", ""), ("a%20b+c", "a b+c", "a b c"), ("%2B%2b", "++", "++"), ("%", "%", "%"), ("%4", "%4", "%4"),
            ("%4g%zz%", "%4g%zz%", "%4g%zz%"), ("%%41", "%A", "%A"), ("%C3%A9", "é", "é"),
        ])
    func decode(text: String, path: String, query: String) {
        let bytes = Array(("xx" + text).utf8)[2...]
        #expect(Percent.decode(bytes, plusIsSpace: false) == Array(path.utf8))
        #expect(Percent.decode(bytes, plusIsSpace: true) == Array(query.utf8))
    }

    @Test("everything but unreserved characters is encoded")
    func encode() {
        #expect(Percent.encode("aZ09-._~ /+é%") == "aZ09-._~%20%2F%2B%C3%A9%25")
        #expect(Array("a\u{0}~".utf8).hexadecimal == Array("61007e".utf8))
    }
}
