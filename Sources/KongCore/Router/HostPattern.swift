/// Host names of routes: plain, `*.x`, `x.*`, each with an optional port.
enum HostPattern {
    /// Name and port; port 0 when the pattern names none.
    static func split(_ pattern: [UInt8]) -> (name: [UInt8], port: UInt16) {
        guard let colon = pattern.lastIndex(of: UInt8(ascii: ":")), colon + 1 < pattern.count else {
            return (pattern, 0)
        }
        // An IPv6 address without brackets has more than one colon and no port.
        if pattern.firstIndex(of: UInt8(ascii: ":")) != colon && pattern.first != UInt8(ascii: "[") {
            return (pattern, 0)
        }
        var port: UInt32 = 0
        for byte in pattern[(colon + 1)...] {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), port <= 65535 else { return (pattern, 0) }
            port = port * 10 + UInt32(byte - UInt8(ascii: "0"))
        }
        guard port > 0, port <= 65535 else { return (pattern, 0) }
        return (Array(pattern[..<colon]), UInt16(port))
    }

    static func matches(_ pattern: [UInt8], _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let asterisk = UInt8(ascii: "*")
        if pattern.first == asterisk {
            let suffix = pattern.dropFirst()
            return name.count >= suffix.count && name.suffix(suffix.count).elementsEqual(suffix)
        }
        if pattern.last == asterisk {
            return name.starts(with: pattern.dropLast())
        }
        return name.elementsEqual(pattern)
    }
}
