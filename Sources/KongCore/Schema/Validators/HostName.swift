// Names, IPv4 and IPv6 addresses with an optional port, parsed as Kong parses them.

/// A host as configuration states it.
public struct HostName: Sendable, Hashable {
    public enum Kind: Sendable { case name, ipv4, ipv6 }

    public var kind: Kind
    /// IPv4 without leading zeros; IPv6 in brackets, expanded and in lower case; names as given.
    public var host: String
    public var port: Int?
}

/// Why a text is no host. The texts are Kong's.
public enum HostNameError: Error, Sendable, Hashable {
    case invalidName(String)
    case invalidIPv4(String)
    case invalidIPv6(String)
    case invalidPort

    public var message: String {
        switch self {
        case .invalidName(let text): "invalid hostname: \(text)"
        case .invalidIPv4(let text): "invalid ipv4 address: \(text)"
        case .invalidIPv6(let text): "invalid ipv6 address: \(text)"
        case .invalidPort: "invalid port number"
        }
    }
}

extension HostName {
    public init(parsing text: String) throws(HostNameError) {
        let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
        if colons > 1 {
            self = try Self.ipv6(text)
        } else if !text.isEmpty,
            text.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }),
            text.utf8.first != UInt8(ascii: ":")
        {
            self = try Self.ipv4(text)
        } else {
            self = try Self.name(text)
        }
    }

    private static func port(_ digits: Substring) throws(HostNameError) -> Int {
        guard let port = Int(digits), port <= 65535 else { throw .invalidPort }
        return port
    }

    private static func ipv4(_ text: String) throws(HostNameError) -> HostName {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        let octets = parts.compactMap { $0.utf8.count <= 3 ? UInt8($0) : nil }
        guard parts.count == 4, octets.count == 4, halves.count == 1 || !halves[1].isEmpty else {
            throw .invalidIPv4(text)
        }
        let port = halves.count == 2 ? try port(halves[1]) : nil
        return HostName(kind: .ipv4, host: octets.map(String.init).joined(separator: "."), port: port)
    }

    private static func ipv6(_ text: String) throws(HostNameError) -> HostName {
        var address = Substring(text)
        var portNumber: Int?
        if text.hasPrefix("["), let close = text.lastIndex(of: "]") {
            address = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            if !rest.isEmpty {
                guard rest.first == ":", rest.dropFirst().utf8.allSatisfy(\.isASCIIDigit) else {
                    throw .invalidIPv6(text)
                }
                portNumber = try port(rest.dropFirst())
            }
        }
        guard let groups = IPText.ipv6Groups(address) else { throw .invalidIPv6(text) }
        let host = groups.map { hex4($0) }.joined(separator: ":")
        return HostName(kind: .ipv6, host: "[\(host)]", port: portNumber)
    }

    private static func hex4(_ group: UInt16) -> String {
        let digits = String(group, radix: 16)
        return String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }

    private static func name(_ text: String) throws(HostNameError) -> HostName {
        var name = Substring(text)
        var portNumber: Int?
        if let colon = text.lastIndex(of: ":") {
            let digits = text[text.index(after: colon)...]
            if !digits.isEmpty, digits.utf8.allSatisfy(\.isASCIIDigit) {
                name = text[..<colon]
                portNumber = try port(digits)
            }
        }
        let isPlain = name.utf8.allSatisfy {
            $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
        }
        guard !name.isEmpty, isPlain else { throw .invalidName(text) }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        for (index, label) in labels.enumerated() {
            // A trailing dot makes the name absolute; no other label may be empty or end in a dash.
            let isLast = index == labels.count - 1
            if label.hasSuffix("-") || (label.isEmpty && (!isLast || labels.count == 1)) { throw .invalidName(text) }
        }
        return HostName(kind: .name, host: String(name), port: portNumber)
    }
}
