import KongCore
import Testing

@testable import KongAdmin

@Suite("YAML")
struct YAMLTests {
    @Test(
        "plain scalars are what lyaml makes of them",
        arguments: [
            ("1", 1), ("-7", -7), ("0x1F", 31), ("010", 8), ("1.5", 1.5), ("1e3", 1000.0), ("~", nil), ("null", nil),
            ("yes", true), ("off", false), ("'yes'", "yes"), ("\"1\"", "1"), ("1.2.3", "1.2.3"), ("a b", "a b"),
            ("+", "+"), ("99999999999999999999", "99999999999999999999"), ("-", [nil]), ("{\"a\":[1]}", ["a": [1]]),
        ] as [(String, JSONValue)])
    func scalars(text: String, value: JSONValue) throws { #expect(try YAMLReader.value(of: text) == value) }

    @Test("anchors, aliases and merges")
    func anchors() throws {
        let text = "base: &b {x: 1, y: 2}\none:\n  <<: *b\n  y: 3\n"
        #expect(try YAMLReader.value(of: text) == ["base": ["x": 1, "y": 2], "one": ["x": 1, "y": 3]])
    }

    @Test("errors name line and column")
    func errors() {
        let error = #expect(throws: YAMLReader.Failure.self) { try YAMLReader.value(of: "a: [1\nb: }") }
        #expect(error?.description.hasPrefix("2:") == true)
        #expect(throws: YAMLReader.Failure.self) { try YAMLReader.value(of: String(repeating: "[", count: 100_000)) }
    }

    @Test("aliases that multiply are stopped")
    func laughs() {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1..<10 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",") + "]\n"
        }
        #expect(throws: YAMLReader.Failure.self) { try YAMLReader.value(of: text, mostNodes: 10_000) }
    }

    @Test("what is written is read back the same")
    func roundTrip() throws {
        let value: JSONObject = [
            "_format_version": "3.0", "_transform": false,
            "services": [
                [
                    "name": "yes", "host": "a.test", "n": 5, "r": 1.5, "empty": [], "none": nil, "map": [:],
                    "tags": ["a", "1", "it's", "# no", "a: b", "line\nline", "", " x", "- y", "[z", "é"],
                    "nested": ["a": ["b": ["c"]], "lists": [[1, 2], []]],
                ],
                "text",
            ],
        ]
        #expect(try YAMLReader.value(of: YAMLWriter.text(of: value)) == .object(value))
    }
}
