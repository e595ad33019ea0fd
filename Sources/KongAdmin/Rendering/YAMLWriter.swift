import KongCore

/// Values as YAML in block style: what `GET /config` and `kong config db_export` give.
public enum YAMLWriter {
    public static func text(of object: JSONObject) -> String {
        var out: [UInt8] = []
        write(object, indent: 0, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// - Parameter isInline: whether the first key stands behind a `- `.
    private static func write(_ object: JSONObject, indent: Int, isInline: Bool = false, to out: inout [UInt8]) {
        var isFirst = isInline
        for (key, value) in object.sorted(by: { $0.key < $1.key }) {
            if !isFirst { pad(indent, &out) }
            isFirst = false
            out += Array(scalar(key).utf8)
            out.append(UInt8(ascii: ":"))
            switch value {
            case .object(let nested) where !nested.isEmpty:
                out.append(UInt8(ascii: "\n"))
                write(nested, indent: indent + 2, to: &out)
            case .array(let elements) where !elements.isEmpty:
                out.append(UInt8(ascii: "\n"))
                write(elements, indent: indent, to: &out)
            default:
                out += Array(" \(scalar(value))\n".utf8)
            }
        }
    }

    private static func write(_ elements: [JSONValue], indent: Int, to out: inout [UInt8]) {
        for element in elements {
            pad(indent, &out)
            out += Array("- ".utf8)
            switch element {
            case .object(let nested) where !nested.isEmpty: write(nested, indent: indent + 2, isInline: true, to: &out)
            case .array(let inner) where !inner.isEmpty:
                // A list in a list is rare enough to be written as JSON.
                out += JSONValue.array(inner).serialized() + Array("\n".utf8)
            default: out += Array("\(scalar(element))\n".utf8)
            }
        }
    }

    private static func pad(_ indent: Int, _ out: inout [UInt8]) {
        out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent))
    }

    private static func scalar(_ value: JSONValue) -> String {
        switch value {
        case .null: "~"
        case .array: "[]"
        case .object: "{}"
        case .string(let text): scalar(text)
        default: value.jsonText
        }
    }

    /// Plain where it cannot be taken for anything else; with control characters quoted as JSON quotes, else with
    /// single quotes.
    private static func scalar(_ text: String) -> String {
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            return JSONValue.string(text).jsonText
        }
        guard let first = text.utf8.first, isPlain(text, first: first) else {
            return "'" + text.replacing("'", with: "''") + "'"
        }
        return text
    }

    private static func isPlain(_ text: String, first: UInt8) -> Bool {
        let isWord = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
                UInt8(ascii: "/"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard isWord(first), text.utf8.allSatisfy({ isWord($0) || "-.:@+=".utf8.contains($0) }),
            !text.hasSuffix(":")
        else { return false }
        if text.contains(":"), !text.contains("://") { return false }
        // What would be read back as anything but this text has to be quoted.
        return (try? YAMLReader.value(of: text)) == .string(text)
    }
}
