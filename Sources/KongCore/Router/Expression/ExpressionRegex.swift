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
        let (kind, place) = fault(pattern, reason)
        guard !text.contains("\n") else { return "regex parse error:\n\(text)\nerror: \(kind)" }
        var lines = ["regex parse error:", "    \(text)"]
        if let place {
            let indent = String(decoding: pattern[..<place.lowerBound], as: UTF8.self).unicodeScalars.count
            let width = String(decoding: pattern[place], as: UTF8.self).unicodeScalars.count
            lines.append(String(repeating: " ", count: indent + 4) + String(repeating: "^", count: max(1, width)))
        }
        return (lines + ["error: \(kind)"]).joined(separator: "\n")
    }

    /// Whether RE2 lacks what the pattern asks for, while a backtracking engine has it.
    static func needsBacktracking(_ pattern: String) -> Bool {
        do {
            _ = try Regex2(self.pattern(Array(pattern.utf8)))
            return false
        } catch {
            let kind = fault(Array(pattern.utf8), error.reason).kind
            return kind == lookAround || kind == backreference
        }
    }

    private static let lookAround = "look-around, including look-ahead and look-behind, is not supported"
    private static let backreference = "backreferences are not supported"

    private static let kinds: [(re2: String, rust: String)] = [
        ("missing argument to repetition operator: ", "repetition operator missing expression"),
        ("no argument for repetition operator: ", "repetition operator missing expression"),
        ("invalid escape sequence: ", "unrecognized escape sequence"),
        ("invalid character class range: ", "invalid character class range, the start must be <= the end"),
        ("invalid repetition size: ", "invalid repetition count range, the start must be <= the end"),
    ]

    private static func fault(_ pattern: [UInt8], _ reason: String) -> (kind: String, place: Range<Int>?) {
        let brackets = Brackets(pattern)
        if reason.hasPrefix("missing ]") {
            return ("unclosed character class", brackets.openClass.map { $0..<($0 + 1) })
        }
        if reason.hasPrefix("missing )") { return ("unclosed group", brackets.openGroup.map { $0..<($0 + 1) }) }
        if reason.hasPrefix("unexpected )") { return ("unopened group", brackets.unopened.map { $0..<($0 + 1) }) }
        var kind = reason
        var fragment: ArraySlice<UInt8> = []
        if let range = reason.firstRange(of: ": ") {
            kind = kinds.first { reason.hasPrefix($0.re2) }?.rust ?? String(reason[..<range.lowerBound])
            fragment = Array(reason[range.upperBound...].utf8)[...]
        }
        // RE2 names the beginning of a group that it does not know.
        for group in ["(?=", "(?!", "(?<=", "(?<!"] where reason.contains(": (?") {
            guard let place = find(Array(group.utf8)[...], in: pattern) else { continue }
            return (lookAround, place)
        }
        if fragment.count == 2, fragment.first == UInt8(ascii: "\\"), fragment.last?.isASCIIDigit == true {
            kind = backreference
        }
        return (kind, fragment.isEmpty ? nil : find(fragment, in: pattern))
    }

    private static func find(_ part: ArraySlice<UInt8>, in pattern: [UInt8]) -> Range<Int>? {
        guard part.count <= pattern.count else { return nil }
        return (0...(pattern.count - part.count)).first { pattern[$0...].starts(with: part) }
            .map { $0..<($0 + part.count) }
    }

    /// Brackets without their other half.
    private struct Brackets {
        var openClass: Int?
        var openGroup: Int?
        var unopened: Int?

        init(_ pattern: [UInt8]) {
            var groups: [Int] = []
            var classes: [Int] = []
            var index = 0
            while index < pattern.count {
                switch pattern[index] {
                case UInt8(ascii: "\\"): index += 1
                case UInt8(ascii: "["):
                    classes.append(index)
                    // A bracket right after the opening one stands for itself.
                    if index + 1 < pattern.count, pattern[index + 1] == UInt8(ascii: "^") { index += 1 }
                    if index + 1 < pattern.count, pattern[index + 1] == UInt8(ascii: "]") { index += 1 }
                case UInt8(ascii: "]"): _ = classes.popLast()
                case UInt8(ascii: "(") where classes.isEmpty: groups.append(index)
                case UInt8(ascii: ")") where classes.isEmpty:
                    if groups.popLast() == nil, unopened == nil { unopened = index }
                default: break
                }
                index += 1
            }
            openClass = classes.last
            openGroup = groups.last
        }
    }
}
