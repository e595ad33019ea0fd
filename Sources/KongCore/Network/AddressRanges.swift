import Glibc

/// Addresses and networks in CIDR notation, of either family; `unix:` stands for the peers of unix sockets.
public struct AddressRanges: Sendable {
    private struct Network: Sendable {
        var bytes: [UInt8]
        var bits: Int
    }

    private var networks: [Network] = []
    private var unix = false
    public let isEmpty: Bool

    /// Entries that are no address are left out: schemas and settings refuse them.
    public init(_ entries: [String]) {
        for entry in entries {
            if entry == "unix:" {
                unix = true
                continue
            }
            let parts = entry.split(separator: "/")
            guard let first = parts.first, let address = Self.parse(String(first)) else { continue }
            let bits = parts.count > 1 ? Int(parts[1]) ?? address.count * 8 : address.count * 8
            networks.append(Network(bytes: address, bits: min(bits, address.count * 8)))
        }
        isEmpty = networks.isEmpty && !unix
    }

    /// - Parameter text: an address as nginx prints it; `unix:` for a unix socket's peer.
    public func contains(text: String) -> Bool {
        if text.hasPrefix("unix:") { return unix }
        return Self.parse(text).map { contains($0) } ?? false
    }

    public func contains(_ address: [UInt8]) -> Bool {
        networks.contains { network in
            guard network.bytes.count == address.count else { return false }
            let whole = network.bits / 8
            guard network.bytes[..<whole] == address[..<whole] else { return false }
            let rest = network.bits % 8
            guard rest > 0 else { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> rest)
            return network.bytes[whole] & mask == address[whole] & mask
        }
    }

    /// The 4 or 16 bytes of an address.
    public static func parse(_ text: String) -> [UInt8]? {
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 { return withUnsafeBytes(of: v4) { Array($0) } }
        var v6 = in6_addr()
        if inet_pton(AF_INET6, text, &v6) == 1 { return withUnsafeBytes(of: v6) { Array($0) } }
        return nil
    }
}
