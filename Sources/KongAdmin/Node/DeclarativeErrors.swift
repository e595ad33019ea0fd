import KongCore

/// Errors of a declarative file as Kong's command line prints them.
public enum DeclarativeErrors {
    public static func text(_ error: DataError) -> String {
        guard let fields = error.fields, !fields.isEmpty else { return error.message }
        return lines(.object(fields), item: "", indent: "").joined(separator: "\n")
    }

    private static func lines(_ value: JSONValue, item: String, indent: String) -> [String] {
        switch value {
        case .object(let object):
            object.sorted { $0.key < $1.key }.flatMap { entry($0.value, "in '\($0.key)'", $0.key, indent) }
        case .array(let array):
            array.enumerated().filter { !$0.element.isNull }.flatMap {
                entry($0.element, "- in entry \($0.offset + 1) of '\(item)'", item, indent)
            }
        default: []
        }
    }

    private static func entry(_ value: JSONValue, _ key: String, _ item: String, _ indent: String) -> [String] {
        switch value {
        case .object, .array: ["\(indent)\(key):"] + lines(value, item: item, indent: indent + "  ")
        case .string(let text): ["\(indent)\(key): \(text)"]
        default: ["\(indent)\(key): \(String(decoding: value.serialized(), as: UTF8.self))"]
        }
    }
}
