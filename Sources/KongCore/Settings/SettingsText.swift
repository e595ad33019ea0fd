/// The syntax of kong.conf: `name = value` lines, `#` comments, no quoting.
public enum SettingsText {
    public struct Entry: Sendable, Hashable {
        public var name: String
        public var value: String
        /// Counted from 1.
        public var line: Int
    }

    /// A `#` starts a comment anywhere, unless it is written `\#`.
    public static func parse(_ text: String) -> [Entry] {
        var entries: [Entry] = []
        var line = 0
        for raw in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            line += 1
            let content = withoutComment(raw)
            guard let equals = content.firstIndex(of: "=") else { continue }
            let name = content[..<equals].trimmed()
            guard !name.isEmpty else { continue }
            let value = content[content.index(after: equals)...].trimmed()
            entries.append(Entry(name: name, value: value, line: line))
        }
        return entries
    }

    /// The inverse of ``parse(_:)``, sorted by name.
    public static func print(_ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }
            .map { "\($0.key) = \(escaped($0.value))\n" }
            .joined()
    }

    private static func escaped(_ value: String) -> String {
        var out = ""
        for character in value {
            // A line break cannot be written: PEM text survives as the base64 that properties also accept.
            if character == "#" { out += "\\#" } else { out.append(character) }
        }
        return out
    }

    private static func withoutComment(_ line: Substring) -> String {
        var out = ""
        var escaped = false
        for character in line {
            if character == "#" {
                guard escaped else { break }
                out.removeLast()
            }
            out.append(character)
            escaped = character == "\\"
        }
        return out
    }
}
