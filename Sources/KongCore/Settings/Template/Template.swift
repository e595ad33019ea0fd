/// A parsed template in Kong's syntax: `> if … then` lines, `$(expr)` and
/// `${{NAME}}`; and, beyond Kong's, `> include "file"`.
public struct Template: Sendable {
    indirect enum Node: Sendable {
        case line([Segment], number: Int)
        case branches([Branch], number: Int)
        case each(key: String, value: String, in: String, isOrdered: Bool, body: [Node], number: Int)
        case count(name: String, range: [String], body: [Node], number: Int)
        case local(name: String, value: String, number: Int)
        case include(String, number: Int)
    }

    struct Branch: Sendable {
        /// nil for `else`.
        var condition: String?
        var number: Int
        var body: [Node]
    }

    enum Segment: Sendable {
        case text(String)
        case expression(String)
        case property(String)
    }

    let file: String
    let nodes: [Node]

    /// - Parameter file: Only for errors.
    public init(_ text: String, file: String) throws(TemplateError) {
        self.file = file
        var parser = TemplateParser(text: text, file: file)
        nodes = try parser.parse()
    }
}
