import KongCore
import Testing

@Suite struct LuaPatternTests {
    @Test(
        "patterns match as in Lua",
        arguments: [
            ("^%u+$", "GET", true), ("^%u+$", "Get", false), ("^[a-z][a-z%d-]-[a-z%d]+$", "my-env1", true),
            ("^[a-z][a-z%d-]-[a-z%d]+$", "my-", false), ("^%*%.", "*.a", true), ("%.%*$", "a.*", true),
            ("%.%*$", "a.*b", false),
            ("^[^*]*%*?[^*]*$", "a*b*", false), ("^[^*]*%*?[^*]*$", "a*b", true), ("//", "/a//b", true),
            ("%w*%p*@+%w*%.?%w*", "a@b.c", true), ("%w*%p*@+%w*%.?%w*", "ab", false),
            ("^%d+[%.%d]*%-?.*$", "3.9.3-x", true),
            ("(a)(b)", "xaby", true), ("%b()", "f(a(b)c)", true), ("%b()", "f(a", false), ("%f[%a]x", "1x", true),
            ("[]]", "]", true), ("[^]]", "]", false), ("a.-b$", "a12b3b", true), ("^$", "", true), (".", "", false),
            ("^%a_?$", "é", false), ("[a-", "a-", true), ("%", "%", true),
        ])
    func matches(pattern: String, text: String, isMatch: Bool) {
        #expect(LuaPattern(pattern).matches(text) == isMatch)
    }

    @Test("hostile text ends in time")
    func bounded() {
        #expect(!LuaPattern("a*a*a*a*a*a*a*a*b").matches(String(repeating: "a", count: 5000)))
    }
}
