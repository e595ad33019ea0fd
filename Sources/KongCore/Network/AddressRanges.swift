/// Addresses and networks in CIDR notation, of either family; `unix:` stands for the peers of unix sockets.
public struct AddressRanges: Sendable {
    private var networks: [NetworkRange] = []
    private var unix = false
    public let isEmpty: Bool

    /// Entries that are no address are left out: schemas and settings refuse them.
    public init(_ entries: [String]) {
        for entry in entries {
            if entry == "unix:" {
                unix = true
                continue
            }
            let parts = entry.split(separator: "/", maxSplits: 1)
            guard let first = parts.first, let address = NetworkAddress(first) else { continue }
            let length = parts.count > 1 ? Int(parts[1]) : address.width
            if let length, let network = NetworkRange(containing: address, length: length) { networks.append(network) }
        }
        isEmpty = networks.isEmpty && !unix
    }

    /// - Parameter text: an address as nginx prints it; `unix:` for a unix socket's peer.
    public func contains(text: String) -> Bool {
        if text.hasPrefix("unix:") { return unix }
        return NetworkAddress(text[...]).map { contains($0) } ?? false
    }

    public func contains(_ address: NetworkAddress) -> Bool { networks.contains { $0.contains(address) } }
}
