// Kong prints values inside messages as compact Lua tables; so do we, because clients compare the texts.

extension JSONValue {
    /// `{consumer={id="…"},group="g1"}`: keys sorted, no spaces.
    public var luaText: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value.luaText
        case .string(let value): Self.luaQuoted(value)
        case .array(let elements): Self.luaTable(Self.luaEntries(elements))
        case .object(let members): Self.luaTable(Self.luaEntries(members))
        }
    }

    /// The value as Lua's `tostring` gives it: strings bare.
    public var luaBareText: String {
        if case .string(let value) = self { value } else { luaText }
    }

    /// The same over several lines, indented by two spaces a level.
    var luaPrettyText: String { luaPretty(indent: "") }

    private func luaPretty(indent: String) -> String {
        let entries: [(key: String, value: JSONValue)]
        switch self {
        case .array(let elements): entries = Self.luaEntries(elements)
        case .object(let members): entries = Self.luaEntries(members)
        default: return luaText
        }
        let inner = indent + "  "
        let lines = entries.map { entry in
            inner + (entry.key.isEmpty ? "" : entry.key + " = ") + entry.value.luaPretty(indent: inner)
        }
        return "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
    }

    private static func luaTable(_ entries: [(key: String, value: JSONValue)]) -> String {
        let parts = entries.map { ($0.key.isEmpty ? "" : $0.key + "=") + $0.value.luaText }
        return "{" + parts.joined(separator: ",") + "}"
    }

    /// From the first null on, elements carry their index: that is where a Lua sequence ends.
    private static func luaEntries(_ elements: [JSONValue]) -> [(key: String, value: JSONValue)] {
        let sequence = elements.firstIndex(of: .null) ?? elements.count
        return elements.enumerated().filter { !$1.isNull }.map { index, element in
            (index < sequence ? "" : "[\(index + 1)]", element)
        }
    }

    private static func luaEntries(_ members: JSONObject) -> [(key: String, value: JSONValue)] {
        members.sorted { $0.key < $1.key }.map { key, value in
            (isLuaIdentifier(key) ? key : "[\(luaQuoted(key))]", value)
        }
    }

    private static let luaKeywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not",
        "or", "repeat", "return", "then", "true", "until", "while",
    ]

    private static func isLuaIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, first.isASCIILetter || first == UInt8(ascii: "_") else { return false }
        return text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
            && !luaKeywords.contains(text)
    }

    private static func luaQuoted(_ text: String) -> String {
        if text.utf8.contains(UInt8(ascii: "\n")) { return "[[\n\(text)]]" }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\r": quoted += "\\r"
            case "\0": quoted += "\\0"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension Double {
    /// Lua's `%.14g`.
    var luaText: String {
        if let whole = Int64(exactly: self), whole.magnitude < 100_000_000_000_000 { return String(whole) }
        return description
    }
}
