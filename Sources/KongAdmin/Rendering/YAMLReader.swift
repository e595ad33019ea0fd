import KongCore
import Yams

/// A YAML (or JSON, which is a subset) text as values. What a plain scalar means is what lyaml says it means.
public enum YAMLReader {
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// `<line>:<column>: <problem>`, or the problem alone.
        public var description: String
    }

    /// Aliases multiply: a text of a kilobyte can stand for more nodes than there is memory.
    public static let mostNodes = 20_000_000

    /// - Returns: nil for an empty document.
    public static func value(of text: String, mostNodes: Int = mostNodes) throws(Failure) -> JSONValue? {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw Failure(error)
        } catch {
            throw Failure(description: "\(error)")
        }
        var budget = mostNodes
        guard let root else { return nil }
        return try value(of: root, &budget)
    }

    private static func value(of node: Node, _ budget: inout Int) throws(Failure) -> JSONValue {
        budget -= 1
        guard budget > 0 else { throw Failure(description: "too many nodes") }
        switch node {
        case .scalar(let scalar): return value(of: scalar)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for element in sequence { elements.append(try value(of: element, &budget)) }
            return .array(elements)
        case .mapping(let mapping):
            var object: JSONObject = [:]
            for (key, element) in mapping { try merge(element, under: key, into: &object, &budget) }
            return .object(object)
        case .alias: throw Failure(description: "found undefined alias")
        }
    }

    private static func merge(
        _ element: Node, under key: Node, into object: inout JSONObject, _ budget: inout Int
    ) throws(Failure) {
        guard case .scalar(let name) = key else { throw Failure(description: "expected a text as key") }
        let value = try value(of: element, &budget)
        // `<<: *anchor` gives what the mapping itself does not say.
        if name.string == "<<", name.style == .plain {
            let sources = value.arrayValue ?? [value]
            for source in sources { object.merge(source.objectValue ?? [:]) { own, _ in own } }
        } else {
            object[name.string] = value
        }
    }

    private static func value(of scalar: Node.Scalar) -> JSONValue {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        let text = scalar.string
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": return .bool(true)
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": return .bool(false)
        default: return number(text) ?? .string(text)
        }
    }

    private static func number(_ text: String) -> JSONValue? {
        let bare = text.replacing("_", with: "")
        let digits = bare.drop { $0 == "-" || $0 == "+" }
        guard let first = digits.utf8.first, digits.utf8.count + 1 >= bare.utf8.count else { return nil }
        let sign: Int64 = bare.hasPrefix("-") ? -1 : 1
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || first == UInt8(ascii: ".") else { return nil }
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where digits.hasPrefix(prefix) {
            return Int64(digits.dropFirst(2), radix: radix).map { .integer(sign &* $0) }
        }
        // YAML 1.1: a leading zero is octal.
        if digits.count > 1, first == UInt8(ascii: "0"), digits.allSatisfy(\.isNumber) {
            return Int64(digits, radix: 8).map { .integer(sign &* $0) }
        }
        if digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return Int64(bare).map(JSONValue.integer)
        }
        guard digits.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }), let value = Double(bare), value.isFinite
        else { return nil }
        return .number(value)
    }
}

extension YAMLReader.Failure {
    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(description: "\(mark.line):\(mark.column): \(problem)")
        case .reader(let problem, _, _, _): self.init(description: problem)
        case .duplicatedKeysInMapping(let duplicates, _):
            self.init(description: "duplicate key: \(duplicates.joined(separator: ", "))")
        default: self.init(description: "not a YAML document")
        }
    }
}
