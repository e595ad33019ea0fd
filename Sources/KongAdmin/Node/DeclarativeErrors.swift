import KongCore

/// Errors of a declarative file as Kong's command line prints them, each with its place in the file.
public enum DeclarativeErrors {
    /// - Parameters:
    ///   - source: the text that was read, if there is one.
    ///   - file: what to call it.
    public static func text(_ error: DataError, source: String? = nil, file: String = "") -> String {
        guard let fields = error.fields, !fields.isEmpty else { return error.message }
        let place = source.flatMap { SourceMap($0, file: file).root }
        return lines(.object(fields), item: "", indent: "", place).joined(separator: "\n")
    }

    private static func lines(
        _ value: JSONValue, item: String, indent: String, _ place: SourceMap.Place?
    ) -> [String] {
        switch value {
        case .object(let object):
            object.sorted { $0.key < $1.key }.flatMap { name, error in
                // A conflict is reported under the entity's name, or its 1-based position.
                let own = place?.member(name) ?? Int(name).flatMap { place?.element($0 - 1) }
                return entry(error, "in '\(name)'", name, indent, own ?? place)
            }
        case .array(let array):
            array.enumerated().filter { !$0.element.isNull }.flatMap { index, error in
                entry(
                    error, "- in entry \(index + 1) of '\(item)'", item, indent, place?.element(index) ?? place)
            }
        default: []
        }
    }

    private static func entry(
        _ value: JSONValue, _ key: String, _ item: String, _ indent: String, _ place: SourceMap.Place?
    ) -> [String] {
        let position = place?.text.map { " (\($0))" } ?? ""
        switch value {
        case .object, .array: return ["\(indent)\(key):"] + lines(value, item: item, indent: indent + "  ", place)
        case .string(let text): return ["\(indent)\(key): \(text)\(position)"]
        default: return ["\(indent)\(key): \(String(decoding: value.serialized(), as: UTF8.self))\(position)"]
        }
    }
}
