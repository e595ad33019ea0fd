import Testing

@testable import KongCore

@Suite("Templates")
struct TemplateTests {
    static let values: [String: TemplateValue] = [
        "on": .boolean(true), "off": .boolean(false), "database": .string("off"), "port": .number(80),
        "list": .list([.string("a"), .string("b")]), "empty": .list([]),
        "listeners": .list([
            .table(["listener": .string("1:80"), "ssl": .boolean(false)]),
            .table(["listener": .string("1:443 ssl"), "ssl": .boolean(true)]),
        ]),
        "client_ssl": .boolean(true), "prefix": .string("/p"),
    ]

    func render(_ text: String, included: [String: String] = [:]) throws -> String {
        try TemplateRenderer(values: Self.values, environment: ["HOME": "/h"]) { included[$0] }
            .render(Template(text, file: "t")).text
    }

    @Test(
        "golden",
        arguments: [
            ("a ${{PREFIX}}/x ${{ client_ssl }} ${{PG_HOST}};", "a /p/x on ;\n"),
            ("$(port) $(port + 1) $(#list) $(list[2]) $uri $(list[1] .. '-' .. port)", "80 81 2 b $uri a-80\n"),
            ("> if on and not off then\nyes\n> else\nno\n> end", "yes\n"),
            ("> if database == \"postgres\" then\n1\n> elseif database == 'off' then\n2\n> else\n3\n> end\n", "2\n"),
            ("> for _, el in ipairs(listeners) do\nlisten $(el.listener);\n> end", "listen 1:80;\nlisten 1:443 ssl;\n"),
            (
                "> for i = 1, #list do\n$(i) $(list[i])\n> end\n> for _, x in ipairs(empty) do\n$(x)\n> end",
                "1 a\n2 b\n"
            ),
            ("> for _, l in ipairs(listeners) do\n> if l.ssl then\n$(l.listener)\n> end\n> end", "1:443 ssl\n"),
            ("> -- a comment\n> local x = prefix .. \"/y\"\n$(x:upper()) $(x:sub(2, 3))", "/P/Y p/\n"),
            ("> if unknown then\n1\n> end\n> if (on or off) and #list > 1 and port ~= 81 then\n2\n> end", "2\n"),
            ("> for k, v in pairs(listeners[1]) do\n$(k)=$(tostring(v))\n> end", "listener=1:80\nssl=false\n"),
            ("$(os.getenv('HOME')) $(table.concat(list, ', '))", "/h a, b\n"),
            ("> if database:find('ff') then -- plain text\nx\n> end\n  > not a statement", "x\n  > not a statement\n"),
        ])
    func golden(template: String, expected: String) throws { #expect(try render(template) == expected) }

    @Test(
        "errors name the file, the line and the reason",
        arguments: [
            ("a\n> if on then\nb", "t:2: 'if' has no 'end'"),
            ("a\n> end", "t:2: 'end' closes nothing"),
            ("\n\n${{PREFX}}", "t:3: unknown property 'PREFX', did you mean 'prefix'?"),
            ("$(prefx)", "t:1: 'prefx' is a nil value, did you mean 'prefix'?"),
            ("$(nothing.here)", "t:1: attempt to index 'nothing' (a nil value) in 'nothing.here'"),
            ("$(list)", "t:1: 'list' is a table value"),
            ("$(port", "t:1: '$(' without ')'"),
            ("${{PREFIX", "t:1: '${{' without '}}'"),
            ("> if on\nx\n> end", "t:1: 'if' without 'then'"),
            ("> while on do\n> end", "t:1: unknown statement 'while on do'"),
            ("> for x of list do\n> end", "t:1: 'for _, value in ipairs(list) do' expected"),
            ("> for _, x in ipairs(lst) do\n> end", "t:1: cannot loop over 'lst' (a nil value), did you mean 'list'?"),
            ("$(1 +)", "t:1: an expression is missing in '1 +'"),
            ("$(io.open('x'))", "t:1: unknown function 'io.open'"),
            ("> include \"gone\"", "t:1: no template 'gone'"),
            ("> for i = 1, 1000000 do\n> end", "t:1: the loop would run too often"),
        ])
    func errors(template: String, message: String) {
        let error = #expect(throws: TemplateError.self) { try render(template) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    @Test("an included template's errors name that template")
    func included() throws {
        #expect(try render("a\n> include 'b.conf'\nc", included: ["b.conf": "$(port)"]) == "a\n80\nc\n")
        let error = #expect(throws: TemplateError.self) {
            try render("> include 'b.conf'", included: ["b.conf": "\n$(x)"])
        }
        #expect(error?.file == "b.conf" && error?.line == 2)
        #expect(throws: TemplateError.self) {
            try render("> include 'b.conf'", included: ["b.conf": "> include 'b.conf'"])
        }
    }

    @Test("a rendered line is traced to the template line it came from")
    func origins() throws {
        let rendered = try TemplateRenderer(values: Self.values)
            .render(Template("a\n> for _, x in ipairs(list) do\n$(x)\n> end\nb", file: "t"))
        #expect(rendered.text == "a\na\nb\nb\n")
        #expect((1...4).map { rendered.origin(ofLine: $0)?.line } == [1, 3, 3, 5])
        #expect(rendered.origin(ofLine: 5) == nil)
    }
}
