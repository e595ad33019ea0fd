/// Parsing of IP addresses and CIDR ranges.
public enum IPText {
    /// The four octets of a dotted address.
    public static func ipv4Octets(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let octets = parts.compactMap { part in
            (1...3).contains(part.utf8.count) && part.utf8.allSatisfy(\.isASCIIDigit) ? UInt8(part) : nil
        }
        return parts.count == 4 && octets.count == 4 ? octets : nil
    }

    /// The eight groups of an IPv6 address, which may end in a dotted IPv4 address.
    public static func ipv6Groups(_ text: Substring) -> [UInt16]? {
        let halves = text.utf8Split(at: "::")
        guard halves.count <= 2 else { return nil }
        var sides: [[UInt16]] = []
        for (index, half) in halves.enumerated() {
            guard let groups = groups(half, mayEndInIPv4: index == halves.count - 1) else { return nil }
            sides.append(groups)
        }
        if sides.count == 1 { return sides[0].count == 8 ? sides[0] : nil }
        let missing = 8 - sides[0].count - sides[1].count
        guard missing >= 1 else { return nil }
        return sides[0] + [UInt16](repeating: 0, count: missing) + sides[1]
    }

    private static func groups(_ text: Substring, mayEndInIPv4: Bool) -> [UInt16]? {
        if text.isEmpty { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if part.contains("."), mayEndInIPv4, index == parts.count - 1 {
                guard let octets = ipv4Octets(part) else { return nil }
                groups.append(UInt16(octets[0]) << 8 | UInt16(octets[1]))
                groups.append(UInt16(octets[2]) << 8 | UInt16(octets[3]))
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0.hexDigit != nil }),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    /// Whether a text is an address of either family.
    public static func isAddress(_ text: Substring) -> Bool {
        ipv4Octets(text) != nil || ipv6Groups(text) != nil
    }

    /// Whether a text is an address, or an address with a prefix length.
    public static func isAddressOrRange(_ text: String) -> Bool {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        guard halves.count == 2 else { return isAddress(halves[0]) }
        let digits = halves[1]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isASCIIDigit), let length = Int(digits)
        else {
            return false
        }
        if ipv4Octets(halves[0]) != nil { return length <= 32 }
        return ipv6Groups(halves[0]) != nil && length <= 128
    }
}

extension Substring {
    fileprivate func utf8Split(at separator: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
