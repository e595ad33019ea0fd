import KongCore
import Testing

@Suite struct JSONTests {
    @Test(
        "values parse to their own kind",
        arguments: [
            ("null", JSONValue.null), ("true", true), (" [1, -2,3.5 ] ", [1, -2, 3.5]), ("1e2", .number(100)),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)), (#""a\u00e9\n\/\ud83d\ude00""#, "aé\n/😀"),
            (#"{"a":{"b":[]},"a":2}"#, ["a": 2]),
        ] as [(String, JSONValue)])
    func parses(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", "{", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "nul", "\"a", "\"\u{1}\"", #""\ud800""#, #""\x""#,
            "[1] 2",
            "'a'", "NaN", "1e999", "{a:1}",
        ])
    func refuses(text: String) {
        #expect(throws: JSONParseError.self) { try JSONValue(parsing: text) }
    }

    @Test("errors say where")
    func position() {
        #expect(throws: JSONParseError(reason: "unexpected character", line: 2, column: 5)) {
            try JSONValue(parsing: "{\n\"a\":x}")
        }
    }

    @Test("invalid UTF-8 is refused")
    func utf8() {
        #expect(throws: JSONParseError.self) { try JSONValue(parsing: [0x22, 0xC3, 0x28, 0x22]) }
    }

    @Test("depth is bounded")
    func depth() {
        #expect(throws: JSONParseError.self) {
            try JSONValue(parsing: [UInt8](repeating: UInt8(ascii: "["), count: 100_000))
        }
        #expect(throws: Never.self) {
            try JSONValue(parsing: String(repeating: "[", count: 500) + String(repeating: "]", count: 500))
        }
    }

    @Test("output is compact, sorted, and reads back")
    func serializes() throws {
        let value: JSONValue = ["b": [1, .number(2), .number(0.5), .null], "a": "/\"\\\u{1}\né"]
        #expect(value.jsonText == #"{"a":"/\"\\\u0001\né","b":[1,2,0.5,null]}"#)
        #expect(try JSONValue(parsing: value.jsonText)["a"] == value["a"])
    }
}
