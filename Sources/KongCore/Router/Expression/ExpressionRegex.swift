/// Patterns of the language are written for Rust's `regex` crate and run by RE2; both take linear time.
enum ExpressionRegex {
    /// The pattern with `(?<name>` spelled as every RE2 knows it.
    static func pattern(_ pattern: [UInt8]) -> [UInt8] {
        guard pattern.contains(UInt8(ascii: "<")) else { return pattern }
        var out: [UInt8] = []
        out.reserveCapacity(pattern.count + 4)
        var index = 0
        while index < pattern.count {
            let rest = pattern[index...]
            if rest.first == UInt8(ascii: "\\") {
                out += rest.prefix(2)
                index += 2
            } else if rest.starts(with: "(?<".utf8), let next = rest.dropFirst(3).first,
                next != UInt8(ascii: "="), next != UInt8(ascii: "!")
            {
                out += Array("(?P<".utf8)
                index += 3
            } else {
                out.append(pattern[index])
                index += 1
            }
        }
        return out
    }

    /// What Rust's engine would say of a pattern that RE2 refuses.
    static func message(_ pattern: [UInt8], reason: String) -> String {
        let text = String(decoding: pattern, as: UTF8.self)
        let (kind, fragment) = translated(reason)
        guard !text.contains("\n") else { return "regex parse error:\n\(text)\nerror: \(kind)" }
        var lines = ["regex parse error:", "    \(text)"]
        if let fragment, let range = text.firstRange(of: fragment), !fragment.isEmpty {
            let indent = text[..<range.lowerBound].unicodeScalars.count
            // What is missing at the end is marked where it should have begun.
            let marks = kind.hasPrefix("unclosed") ? 1 : fragment.unicodeScalars.count
            lines.append(String(repeating: " ", count: indent + 4) + String(repeating: "^", count: marks))
        }
        return (lines + ["error: \(kind)"]).joined(separator: "\n")
    }

    private static let kinds: [(re2: String, rust: String)] = [
        ("missing ]: ", "unclosed character class"),
        ("missing ): ", "unclosed group"),
        ("unexpected ): ", "unopened group"),
        ("missing argument to repetition operator: ", "repetition operator missing expression"),
        ("no argument for repetition operator: ", "repetition operator missing expression"),
        ("invalid escape sequence: ", "unrecognized escape sequence"),
        ("invalid character class range: ", "invalid character class range, the start must be <= the end"),
        ("invalid repetition size: ", "invalid repetition count range, the start must be <= the end"),
    ]

    private static let lookAround = "look-around, including look-ahead and look-behind, is not supported"

    private static func translated(_ reason: String) -> (kind: String, fragment: String?) {
        for (re2, rust) in kinds where reason.hasPrefix(re2) { return (rust, String(reason.dropFirst(re2.count))) }
        for group in ["(?=", "(?!", "(?<=", "(?<!"] where reason.hasSuffix(": " + group) { return (lookAround, group) }
        if let range = reason.firstRange(of: ": ") {
            return (String(reason[..<range.lowerBound]), String(reason[range.upperBound...]))
        }
        return (reason, nil)
    }
}
