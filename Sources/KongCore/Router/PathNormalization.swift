/// RFC 3986 normalisation of a request path, as Kong's router sees it: escapes of reserved characters kept with
/// upper-case hex, all others decoded, dot segments removed, runs of slashes merged. What is decoded may be a control
/// character: whoever sends it on escapes it again.
///
/// Source: RFC 3986 section 6.2.2; Kong's `kong.tools.uri.normalize(path, true)`.
public enum PathNormalization {
    /// Whether a path is in normal form as far as one scan can tell, so that it can be used in place.
    ///
    /// Conservative: a path with any `%`, `//` or `/.` goes the long way.
    @inlinable
    public static func isPlain(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        guard path.count >= 8, let start = path.baseAddress else { return isShortPlain(path) }
        var offset = 0
        // In the lowest byte: whether a slash comes before this word.
        var carry: UInt64 = 0
        while true {
            let word = ByteWord.load(start, offset)
            let slashes = ByteWord.equal(word, UInt8(ascii: "/"))
            let afterSlash = slashes << 8 | carry
            let bad =
                ByteWord.equal(word, UInt8(ascii: "%"))
                | afterSlash & (slashes | ByteWord.equal(word, UInt8(ascii: ".")))
            if bad != 0 { return false }
            if offset + 8 == path.count { return true }
            // The last word overlaps the one before it.
            offset = min(offset + 8, path.count - 8)
            carry = path[offset - 1] == UInt8(ascii: "/") ? 0x80 : 0
        }
    }

    @inlinable
    static func isShortPlain(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        var previousIsSlash = false
        for byte in path {
            if byte == 0x25 { return false }
            if previousIsSlash && (byte == 0x2F || byte == 0x2E) { return false }
            previousIsSlash = byte == 0x2F
        }
        return true
    }

    /// The normal form of `path`, which begins with a slash (an empty path becomes one).
    public static func normalize(_ path: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(path.count)
        var index = 0
        while index < path.count {
            let byte = path[index]
            if byte == UInt8(ascii: "%"), index + 2 < path.count,
                let high = path[index + 1].hexDigit, let low = path[index + 2].hexDigit
            {
                let value = high << 4 | low
                if isReserved(value) {
                    decoded += [byte, upperHex(high), upperHex(low)]
                } else {
                    decoded.append(value)
                }
                index += 3
            } else {
                decoded.append(byte)
                index += 1
            }
        }
        return removeDotSegments(decoded)
    }

    /// RFC 3986 section 5.2.4, with empty segments merged.
    static func removeDotSegments(_ path: [UInt8]) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        let dot = UInt8(ascii: ".")
        var output: [UInt8] = []
        output.reserveCapacity(path.count + 1)
        var starts: [Int] = []  // where each kept segment's slash lies in output
        var index = 0
        var endsWithSlash = path.isEmpty
        while index < path.count {
            while index < path.count && path[index] == slash { index += 1 }
            let segment = path[index...].prefix { $0 != slash }
            index = segment.endIndex
            if segment.isEmpty || segment == [dot] {
                endsWithSlash = true
            } else if segment == [dot, dot] {
                if let last = starts.popLast() { output.removeSubrange(last...) }
                endsWithSlash = true
            } else {
                starts.append(output.count)
                output.append(slash)
                output += segment
                endsWithSlash = false
            }
        }
        if endsWithSlash || output.isEmpty { output.append(slash) }
        return output
    }

    private static func upperHex(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    /// Characters that mean something else when they are not escaped.
    static func isReserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: ","), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "="),
            UInt8(ascii: "?"), UInt8(ascii: "@"), UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }
}
