/// The functions and string methods that a template may call.
extension TemplateExpression {
    static func call(
        _ function: String, _ arguments: [TemplateValue], _ scope: TemplateScope
    ) throws(ExpressionError) -> TemplateValue {
        let first = arguments.first ?? .nil
        switch function {
        case "tostring": return .string(first.text ?? first.typeName)
        case "tonumber": return first.text.flatMap { Double($0) }.map { .number($0) } ?? .nil
        case "type": return .string(first.typeName)
        case "ipairs", "pairs": return first
        case "os.getenv": return first.text.flatMap { scope.environment[$0] }.map { .string($0) } ?? .nil
        case "string.upper", "string.lower", "string.sub", "string.find", "string.rep", "string.len":
            return try method(String(function.dropFirst("string.".count)), on: first, Array(arguments.dropFirst()))
        case "table.concat":
            guard case .list(let items) = first else {
                throw ExpressionError(reason: "table.concat needs a list, got a \(first.typeName) value")
            }
            let separator = arguments.count > 1 ? arguments[1].text ?? "" : ""
            return .string(items.compactMap(\.text).joined(separator: separator))
        default:
            throw ExpressionError(
                reason: "unknown function '\(function)' (templates know tostring, tonumber, type, ipairs, pairs, "
                    + "table.concat, os.getenv and the string methods upper, lower, sub, find, rep, len)")
        }
    }

    static func method(
        _ name: String, on value: TemplateValue, _ arguments: [TemplateValue]
    ) throws(ExpressionError) -> TemplateValue {
        guard let text = value.text, value.typeName != "boolean" else {
            throw ExpressionError(reason: "attempt to call '\(name)' on a \(value.typeName) value")
        }
        switch name {
        case "upper": return .string(text.uppercased())
        case "lower": return .string(text.lowercased())
        case "len": return .number(Double(text.utf8.count))
        case "rep":
            guard case .number(let count)? = arguments.first, (0...1024).contains(count) else {
                throw ExpressionError(reason: "'rep' needs a count between 0 and 1024")
            }
            return .string(String(repeating: text, count: Int(count)))
        case "find":
            // Plain text only: no template needs a Lua pattern, and a pattern would mean something else here.
            guard let needle = arguments.first?.text else { throw ExpressionError(reason: "'find' needs a text") }
            guard let range = text[...].firstRange(ofText: needle) else { return .nil }
            return .number(Double(text[..<range.lowerBound].utf8.count + 1))
        case "sub": return .string(sub(text, arguments))
        default: throw ExpressionError(reason: "unknown method '\(name)'")
        }
    }

    /// Positions count from 1, negative ones from the end.
    private static func sub(_ text: String, _ arguments: [TemplateValue]) -> String {
        let bytes = Array(text.utf8)
        func position(_ index: Int, _ fallback: Int) -> Int {
            guard arguments.indices.contains(index), case .number(let number) = arguments[index],
                let position = Int(exactly: number)
            else { return fallback }
            return position < 0 ? max(0, bytes.count + 1 + max(position, -bytes.count - 1)) : position
        }
        let start = max(1, position(0, 1))
        let end = min(bytes.count, position(1, bytes.count))
        guard start <= end else { return "" }
        return String(decoding: bytes[(start - 1)..<end], as: UTF8.self)
    }
}
