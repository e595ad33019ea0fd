import CRE2

/// A compiled RE2 expression: linear time, so that no request can make it backtrack.
public final class Regex2: @unchecked Sendable {
    // Immutable after init; RE2 objects may be matched from any thread.
    private let handle: OpaquePointer

    public struct Failure: Error, Sendable {
        public var reason: String
    }

    public init(_ pattern: [UInt8]) throws(Failure) {
        var reason = [CChar](repeating: 0, count: 256)
        let made = pattern.withUnsafeBytes { bytes in
            kng_re2_compile(
                bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, &reason, reason.count)
        }
        guard let made else {
            throw Failure(
                reason: String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        handle = made
    }

    deinit { kng_re2_free(handle) }

    /// The number of bytes of a match that begins at the first byte; nil when there is none.
    public func prefixMatch(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        var whole = kng_re2_span_t()
        guard kng_re2_match(handle, text.baseAddress, text.count, 1, &whole, 1) == 1 else { return nil }
        return whole.len
    }

    /// Whether the expression matches anywhere.
    public func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        kng_re2_match(handle, text.baseAddress, text.count, 0, nil, 0) == 1
    }

    /// Where the leftmost match lies, if there is one.
    public func firstMatch(_ text: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        var whole = kng_re2_span_t()
        guard kng_re2_match(handle, text.baseAddress, text.count, 0, &whole, 1) == 1, whole.start >= 0 else {
            return nil
        }
        return whole.start..<(whole.start + whole.len)
    }

    public struct Captures: Sendable {
        /// Group 0 is the whole match; nil for a group that took no part.
        public var groups: [[UInt8]?]
        public var named: [String: [UInt8]]
    }

    /// The groups of a match (at most 31 of them), which begins at the first byte unless told otherwise.
    public func captures(_ text: UnsafeBufferPointer<UInt8>, anywhere: Bool = false) -> Captures? {
        let count = min(Int(kng_re2_groups(handle)) + 1, 32)
        var spans = [kng_re2_span_t](repeating: kng_re2_span_t(), count: count)
        guard kng_re2_match(handle, text.baseAddress, text.count, anywhere ? 0 : 1, &spans, Int32(count)) == 1 else {
            return nil
        }
        var out = Captures(groups: [], named: [:])
        for (number, span) in spans.enumerated() {
            let group = span.start < 0 ? nil : Array(text[span.start..<(span.start + span.len)])
            out.groups.append(group)
            if number > 0, let group, let name = kng_re2_group_name(handle, Int32(number)) {
                out.named[String(cString: name)] = group
            }
        }
        return out
    }

    /// The bytes that every match must begin with; empty when the expression begins with something that varies.
    static func literalPrefix(_ pattern: [UInt8]) -> [UInt8] {
        if pattern.contains(UInt8(ascii: "|")) { return [] }
        var out: [UInt8] = []
        var index = 0
        while index < pattern.count {
            var byte = pattern[index]
            var next = index + 1
            if byte == UInt8(ascii: "\\") {
                guard next < pattern.count, !pattern[next].isASCIIAlphanumeric else { break }
                byte = pattern[next]
                next += 1
            } else if isSpecial(byte) {
                break
            }
            // A quantifier makes the byte before it optional or repeated.
            if next < pattern.count, Self.quantifiers.contains(pattern[next]) { break }
            out.append(byte)
            index = next
        }
        return out
    }

    private static let quantifiers: [UInt8] = Array("*+?{".utf8)
    private static func isSpecial(_ byte: UInt8) -> Bool { Array(".[](){}*+?^$|".utf8).contains(byte) }
}
