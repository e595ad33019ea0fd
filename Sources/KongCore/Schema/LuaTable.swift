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
        case .array(let elements): Self.luaTable(elements)
        case .object(let members): Self.luaTable(members)
        }
    }

    /// The value as Lua's `tostring` gives it: strings bare.
    public var luaBareText: String {
        if case .string(let value) = self { value } else { luaText }
    }

    /// From the first null on, elements carry their index: that is where a Lua sequence ends.
    private static func luaTable(_ elements: [JSONValue]) -> String {
        var parts: [String] = []
        var isSequence = true
        for (index, element) in elements.enumerated() {
            if element.isNull {
                isSequence = false
            } else {
                parts.append(isSequence ? element.luaText : "[\(index + 1)]=\(element.luaText)")
            }
        }
        return "{" + parts.joined(separator: ",") + "}"
    }

    private static func luaTable(_ members: JSONObject) -> String {
        let parts = members.sorted { $0.key < $1.key }.map { key, value in
            (isLuaIdentifier(key) ? key : "[\(luaQuoted(key))]") + "=" + value.luaText
        }
        return "{" + parts.joined(separator: ",") + "}"
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

extension UInt8 {
    var isASCIILetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }
    var isASCIIDigit: Bool { self &- UInt8(ascii: "0") < 10 }
    var isASCIIAlphanumeric: Bool { isASCIILetter || isASCIIDigit }
}
