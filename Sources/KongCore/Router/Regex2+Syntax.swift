extension Regex2 {
    /// `(?<n>` of PCRE and Rust, written as RE2 has it.
    public static func re2Syntax(_ pattern: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var index = 0
        while index < pattern.count {
            if pattern[index] == UInt8(ascii: "\\"), index + 1 < pattern.count {
                out += pattern[index...(index + 1)]
                index += 2
            } else if pattern[index...].starts(with: Array("(?<".utf8)), index + 3 < pattern.count,
                pattern[index + 3] != UInt8(ascii: "="), pattern[index + 3] != UInt8(ascii: "!")
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
}
