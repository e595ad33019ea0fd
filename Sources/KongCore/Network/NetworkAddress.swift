/// An IP address of either family, as one number.
public struct NetworkAddress: Sendable, Equatable {
    public var isV6: Bool
    /// The address, most significant bit first; the upper 96 bits of an IPv4 address are zero.
    public var bits: UInt128

    @inlinable
    public init(v4 bits: UInt32) {
        isV6 = false
        self.bits = UInt128(bits)
    }

    @inlinable
    public init(v6 bits: UInt128) {
        isV6 = true
        self.bits = bits
    }

    /// From text, as strictly as Rust's standard library reads it: no leading zeros in dotted parts.
    public init?(_ text: Substring) {
        if let octets = IPText.ipv4Octets(text) {
            let hasLeadingZero = text.split(separator: ".").contains { $0.utf8.count > 1 && $0.hasPrefix("0") }
            guard !hasLeadingZero else { return nil }
            self.init(v4: octets.reduce(0) { $0 << 8 | UInt32($1) })
        } else if let groups = IPText.ipv6Groups(text) {
            self.init(v6: groups.reduce(0) { $0 << 16 | UInt128($1) })
        } else {
            return nil
        }
    }

    var width: Int { isV6 ? 128 : 32 }

    public var text: String {
        if !isV6 { return (0..<4).map { String((bits >> UInt128(24 - 8 * $0)) & 255) }.joined(separator: ".") }
        return (0..<8).map { String((bits >> UInt128(112 - 16 * $0)) & 0xFFFF, radix: 16) }.joined(separator: ":")
    }
}

/// A range of addresses that share their first bits.
public struct NetworkRange: Sendable, Equatable {
    public var address: NetworkAddress
    /// How many bits the addresses share.
    public var length: Int

    /// - Returns: nil when the length is no length of the family, or bits after it are set.
    public init?(address: NetworkAddress, length: Int) {
        guard (0...address.width).contains(length) else { return nil }
        self.address = address
        self.length = length
        guard address.bits & hostMask == 0 else { return nil }
    }

    /// The range that an address lies in.
    public init?(containing address: NetworkAddress, length: Int) {
        guard (0...address.width).contains(length) else { return nil }
        self.address = address
        self.length = length
        self.address.bits &= ~hostMask
    }

    private var hostMask: UInt128 {
        let free = address.width - length
        return free >= 128 ? .max : (1 << UInt128(free)) - 1
    }

    public func contains(_ other: NetworkAddress) -> Bool {
        guard other.isV6 == address.isV6 else { return false }
        let free = address.width - length
        return free >= 128 || (other.bits ^ address.bits) >> UInt128(free) == 0
    }

    public var text: String { "\(address.text)/\(length)" }
}
