import Testing

@testable import KongAdmin
@testable import KongCore

@Suite("Form notation")
struct FormNotationTests {
    private func nested(_ form: String) -> JSONObject { Arguments(urlEncoded: Array(form.utf8)).nested() }

    @Test(
        "each notation becomes what Kong makes of it",
        arguments: [
            ("name=x", ["name": "x"] as JSONObject),
            ("config.limits.video.minute=3", ["config": ["limits": ["video": ["minute": "3"]]]]),
            ("hosts[]=a&hosts[]=b", ["hosts": ["a", "b"]]),
            ("hosts%5B%5D=a&hosts%5B%5D=b", ["hosts": ["a", "b"]]),
            ("hosts[2]=b&hosts[1]=a", ["hosts": ["a", "b"]]),
            ("hosts=a&hosts=b", ["hosts": ["a", "b"]]),
            ("hosts=a,b", ["hosts": "a,b"]),
            ("headers.x-bar[]=2&headers.x-bar[]=3", ["headers": ["x-bar": ["2", "3"]]]),
            ("config.map[key]=v", ["config": ["map": ["key": "v"]]]),
            ("service.id=1", ["service": ["id": "1"]]),
            ("field=", ["field": nil]),
            ("a=%zz&b=%4", ["a": "%zz", "b": "%4"]),
            ("a+b=c+d%2B", ["a b": "c d+"]),
            ("=x&&y", ["y": nil]),
            ("a[=1&a]=2", ["a[": "1", "a]": "2"]),
            ("a[99999999999999999999]=1", ["a": ["99999999999999999999": "1"]]),
        ] as [(String, JSONObject)])
    func notation(form: String, expected: JSONObject) {
        #expect(nested(form) == expected)
    }

    @Test("bytes that are no UTF-8 do not stop the parser")
    func badUTF8() {
        #expect(nested("a=%ff%fe") == ["a": "\u{FFFD}\u{FFFD}"])
    }

    @Test("thousands of dots build a tree of bounded depth")
    func deepPath() {
        let name = Array(repeating: "a", count: 100_000).joined(separator: ".")
        #expect(nested("\(name)=1")["a"] != nil)
    }
}

@Suite("Multipart bodies")
struct MultipartTests {
    private func parse(_ parts: [(String, String)], extra: String = "") -> JSONObject? {
        let text = parts.map { "--b\r\nContent-Disposition: form-data; name=\"\($0)\"\(extra)\r\n\r\n\($1)\r\n" }
            .joined()
        let body = Array((text + "--b--\r\n").utf8)
        return MultipartBody.arguments(body, contentType: "multipart/form-data; boundary=b").map(FormNode.object)
    }

    @Test("the last part of a name wins")
    func lastWins() { #expect(parse([("snis[]", "a"), ("snis[]", "b")]) == ["snis": ["b"]]) }

    @Test("numbered parts make a list")
    func numbered() { #expect(parse([("snis[1]", "a"), ("snis[2]", "b")]) == ["snis": ["a", "b"]]) }

    @Test("a JSON part is decoded, a file part is its content")
    func typedParts() {
        #expect(parse([("a", "{\"x\":1}")], extra: "\r\nContent-Type: application/json") == ["a": ["x": 1]])
        #expect(
            parse([("f", "line\r\nline")], extra: "; filename=\"x\"\r\nContent-Type: text/plain") == [
                "f": "line\r\nline"
            ])
    }

    @Test("broken bodies are refused or end early, never worse")
    func broken() {
        #expect(MultipartBody.arguments([], contentType: "multipart/form-data") == nil)
        #expect(MultipartBody.arguments([0, 255], contentType: "multipart/form-data; boundary=b") == nil)
        for text in [
            "--b", "--b\r\n", "--b\r\n\r\n--b", "--b\r\nContent-Disposition: form-data; name\r\n\r\nx\r\n--b--",
        ] {
            #expect(
                MultipartBody.arguments(Array(text.utf8), contentType: "multipart/form-data; boundary=b")?.isEmpty
                    == true)
        }
    }
}
