// Lua patterns over bytes, as Kong's schemas use them: classes, sets, quantifiers, anchors, captures, %b and %f.

/// A Lua pattern, the language in which Kong's schemas state what text they accept.
public struct LuaPattern: Sendable, Hashable, ExpressibleByStringLiteral {
    public let text: String
    private let bytes: [UInt8]

    public init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    public init(stringLiteral value: String) { self.init(value) }

    /// Whether the pattern matches anywhere in `subject`, or at its start when it is anchored.
    public func matches(_ subject: String) -> Bool {
        var matcher = LuaMatcher(pattern: bytes, subject: Array(subject.utf8))
        return matcher.find()
    }
}

private struct LuaMatcher {
    let pattern: [UInt8]
    let subject: [UInt8]
    /// Bounds backtracking, so that no pattern can stall the process on hostile text.
    var steps = 0
    var captures: [(start: Int, length: Int?)] = []

    init(pattern: [UInt8], subject: [UInt8]) {
        self.pattern = pattern
        self.subject = subject
    }

    private static let maxSteps = 1_000_000
    private static let escape = UInt8(ascii: "%")

    mutating func find() -> Bool {
        let anchored = pattern.first == UInt8(ascii: "^")
        var start = 0
        repeat {
            captures = []
            if match(start, anchored ? 1 : 0) != nil { return true }
            start += 1
        } while start <= subject.count && !anchored
        return false
    }

    /// The end of the match of the pattern from `p` on at `s`.
    private mutating func match(_ start: Int, _ patternStart: Int) -> Int? {
        var s = start
        var p = patternStart
        while p < pattern.count {
            steps += 1
            if steps > Self.maxSteps { return nil }
            switch pattern[p] {
            case UInt8(ascii: "("): return openCapture(s, p)
            case UInt8(ascii: ")"): return closeCapture(s, p)
            case UInt8(ascii: "$") where p + 1 == pattern.count: return s == subject.count ? s : nil
            case Self.escape where p + 1 < pattern.count && pattern[p + 1] == UInt8(ascii: "b"):
                guard let end = balance(s, p + 2) else { return nil }
                (s, p) = (end, p + 4)
                continue
            case Self.escape where p + 1 < pattern.count && pattern[p + 1] == UInt8(ascii: "f"):
                p += 2
                let previous = s > 0 ? subject[s - 1] : 0
                let next = s < subject.count ? subject[s] : 0
                let end = classEnd(p)
                guard !inSet(previous, p, end), inSet(next, p, end) else { return nil }
                p = end
                continue
            default: break
            }
            let end = classEnd(p)
            switch end < pattern.count ? pattern[end] : 0 {
            case UInt8(ascii: "?"):
                if single(s, p, end), let found = match(s + 1, end + 1) { return found }
                p = end + 1
            case UInt8(ascii: "+"): return single(s, p, end) ? maxExpand(s + 1, p, end) : nil
            case UInt8(ascii: "*"): return maxExpand(s, p, end)
            case UInt8(ascii: "-"): return minExpand(s, p, end)
            default:
                guard single(s, p, end) else { return nil }
                (s, p) = (s + 1, end)
            }
        }
        return s
    }

    private mutating func openCapture(_ s: Int, _ p: Int) -> Int? {
        let isPosition = p + 1 < pattern.count && pattern[p + 1] == UInt8(ascii: ")")
        captures.append((s, isPosition ? 0 : nil))
        if let end = match(s, p + (isPosition ? 2 : 1)) { return end }
        captures.removeLast()
        return nil
    }

    private mutating func closeCapture(_ s: Int, _ p: Int) -> Int? {
        guard let open = captures.lastIndex(where: { $0.length == nil }) else { return nil }
        captures[open].length = s - captures[open].start
        if let end = match(s, p + 1) { return end }
        captures[open].length = nil
        return nil
    }

    private func balance(_ s: Int, _ p: Int) -> Int? {
        guard p + 1 < pattern.count, s < subject.count, subject[s] == pattern[p] else { return nil }
        var depth = 1
        for index in (s + 1)..<max(s + 1, subject.count) {
            if subject[index] == pattern[p + 1] {
                depth -= 1
                if depth == 0 { return index + 1 }
            } else if subject[index] == pattern[p] {
                depth += 1
            }
        }
        return nil
    }

    private mutating func maxExpand(_ s: Int, _ p: Int, _ end: Int) -> Int? {
        var count = 0
        while single(s + count, p, end) { count += 1 }
        while count >= 0 {
            if let found = match(s + count, end + 1) { return found }
            count -= 1
        }
        return nil
    }

    private mutating func minExpand(_ start: Int, _ p: Int, _ end: Int) -> Int? {
        var s = start
        while true {
            if let found = match(s, end + 1) { return found }
            guard single(s, p, end) else { return nil }
            s += 1
        }
    }

    /// The index behind the single-character class that starts at `p`.
    private func classEnd(_ p: Int) -> Int {
        guard p < pattern.count else { return pattern.count }
        if pattern[p] == Self.escape { return min(p + 2, pattern.count) }
        guard pattern[p] == UInt8(ascii: "[") else { return p + 1 }
        var q = p + 1
        if q < pattern.count, pattern[q] == UInt8(ascii: "^") { q += 1 }
        // A bracket right after the opening one is an ordinary member.
        repeat {
            guard q < pattern.count else { return pattern.count }
            q += pattern[q] == Self.escape ? 2 : 1
        } while q >= pattern.count || pattern[q] != UInt8(ascii: "]")
        return q + 1
    }

    private func single(_ s: Int, _ p: Int, _ end: Int) -> Bool {
        guard s < subject.count else { return false }
        let byte = subject[s]
        switch pattern[p] {
        case UInt8(ascii: "."): return true
        case Self.escape where p + 1 < pattern.count: return Self.inClass(byte, pattern[p + 1])
        case UInt8(ascii: "["): return inSet(byte, p, end)
        case let literal: return literal == byte
        }
    }

    private func inSet(_ byte: UInt8, _ p: Int, _ end: Int) -> Bool {
        var q = p + 1
        let last = min(end - 1, pattern.count)
        var isNegated = false
        if q < last, pattern[q] == UInt8(ascii: "^") {
            isNegated = true
            q += 1
        }
        while q < last {
            if pattern[q] == Self.escape, q + 1 < last {
                if Self.inClass(byte, pattern[q + 1]) { return !isNegated }
                q += 2
            } else if q + 2 < last, pattern[q + 1] == UInt8(ascii: "-") {
                if pattern[q] <= byte, byte <= pattern[q + 2] { return !isNegated }
                q += 3
            } else {
                if pattern[q] == byte { return !isNegated }
                q += 1
            }
        }
        return isNegated
    }

    private static func inClass(_ byte: UInt8, _ name: UInt8) -> Bool {
        let isMember: Bool
        switch name | 0x20 {
        case UInt8(ascii: "a"): isMember = byte.isASCIILetter
        case UInt8(ascii: "d"): isMember = byte.isASCIIDigit
        case UInt8(ascii: "l"): isMember = byte.isASCIILetter && byte & 0x20 != 0
        case UInt8(ascii: "u"): isMember = byte.isASCIILetter && byte & 0x20 == 0
        case UInt8(ascii: "w"): isMember = byte.isASCIIAlphanumeric
        case UInt8(ascii: "s"): isMember = byte == 0x20 || (0x09...0x0D).contains(byte)
        case UInt8(ascii: "x"): isMember = byte.hexDigit != nil
        case UInt8(ascii: "c"): isMember = byte < 0x20 || byte == 0x7F
        case UInt8(ascii: "p"): isMember = (0x21...0x7E).contains(byte) && !byte.isASCIIAlphanumeric
        default: return name == byte
        }
        // An upper-case class is the complement; only letters name classes.
        return name & 0x20 == 0 ? !isMember : isMember
    }
}
