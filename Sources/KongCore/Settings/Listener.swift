/// One entry of a `*_listen` property.
public struct Listener: Sendable, Hashable {
    /// Where a listener may stand; the two know different flags.
    public enum Subsystem: Sendable {
        case http, stream

        /// As Kong prints them in its usage text.
        var flags: [String] {
            let common = [
                "backlog=%d+", "ipv6only=on", "ipv6only=off", "so_keepalive=on", "so_keepalive=off",
                "so_keepalive=%w*:%w*:%d*",
            ]
            return switch self {
            case .http: ["ssl", "http2", "proxy_protocol", "deferred", "bind", "reuseport"] + common
            case .stream: ["udp", "ssl", "proxy_protocol", "bind", "reuseport"] + common
            }
        }

        var usage: String {
            "must be of form: [off] | <ip>:<port> "
                + flags.map { "[\($0)]" }.joined(separator: " ") + ", [... next entry ...]"
        }
    }

    public var ip: String
    public var port: Int
    /// As written: `ssl`, `http2`, `backlog=16384` …
    public var flags: [String]

    /// What follows nginx's `listen`.
    public var text: String { ([address] + flags).joined(separator: " ") }
    public var address: String { "\(ip):\(port)" }
    public var isTLS: Bool { flags.contains("ssl") }
    public var isHTTP2: Bool { flags.contains("http2") }
    public var usesProxyProtocol: Bool { flags.contains("proxy_protocol") }
    public var reusesPort: Bool { flags.contains("reuseport") }
    public var backlog: Int? { flags.firstNonNil { $0.value(after: "backlog=").flatMap { Int($0) } } }

    /// A list of entries; `off` alone is none. nil when an entry does not parse.
    static func parse(_ entries: [String], _ subsystem: Subsystem) -> [Listener]? {
        guard let first = entries.first else { return nil }
        if first == "off" { return [] }
        var listeners: [Listener] = []
        for entry in entries {
            guard let listener = Listener(entry, subsystem) else { return nil }
            listeners.append(listener)
        }
        return listeners
    }

    init?(_ text: String, _ subsystem: Subsystem) {
        var words = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard !words.isEmpty else { return nil }
        let address = words.removeFirst()
        guard let (ip, port) = HostAndPort.split(address), let port else { return nil }
        guard words.allSatisfy({ word in subsystem.flags.contains { FlagPattern.matches(word, $0) } }) else {
            return nil
        }
        self.ip = ip
        self.port = port
        self.flags = words
    }
}

/// The few Lua patterns that Kong's usage text shows for flags with a value.
enum FlagPattern {
    static func matches(_ word: String, _ pattern: String) -> Bool {
        switch pattern {
        case "backlog=%d+":
            guard let value = word.value(after: "backlog=") else { return false }
            return !value.isEmpty && value.allSatisfy { $0.isASCII && $0.isNumber }
        case "so_keepalive=%w*:%w*:%d*":
            guard let value = word.value(after: "so_keepalive=") else { return false }
            let parts = value.split(separator: ":", omittingEmptySubsequences: false)
            return parts.count == 3
                && parts.allSatisfy { $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } }
        default:
            return word == pattern
        }
    }
}

/// `127.0.0.1:80`, `[::1]:80`, `name:80`, each with or without the port.
public enum HostAndPort {
    /// An IPv6 address without the brackets that it has beside a port; any other host as it is.
    public static func bare(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }

    public static func split(_ text: String) -> (host: String, port: Int?)? {
        let host: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[...close]
            rest = text[text.index(after: close)...]
            guard IPAddress.isV6(String(host.dropFirst().dropLast())) else { return nil }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            rest = text[colon...]
            guard !host.contains(":") else { return IPAddress.isV6(text) ? ("[\(text)]", nil) : nil }
        } else {
            host = text[...]
            rest = ""
        }
        guard !host.isEmpty, isHost(host) else { return nil }
        if rest.isEmpty { return (String(host), nil) }
        guard rest.first == ":", let port = Int(rest.dropFirst()), (0...65535).contains(port) else { return nil }
        return (String(host), port)
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("[") { return true }
        if host.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }) { return IPAddress.isV4(String(host)) }
        return host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.*".contains($0)) }
    }
}

/// Textual checks of addresses; no resolution.
public enum IPAddress {
    public static func isV4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.utf8.count), part.allSatisfy({ $0.isASCII && $0.isNumber }) else {
                    return false
                }
                return Int(part).map { $0 <= 255 } ?? false
            }
    }

    public static func isV6(_ text: String) -> Bool {
        let halves = text.components(separatedBy: "::")
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (position, part) in parts.enumerated() {
                let isLast = index == halves.count - 1 && position == parts.count - 1
                if isLast, part.contains(".") {
                    guard isV4(String(part)) else { return false }
                    groups += 2
                } else {
                    guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit) else { return false }
                    groups += 1
                }
            }
        }
        return halves.count == 2 ? groups <= 7 : groups == 8
    }

    /// An address, or an address with a prefix length.
    public static func isAddressOrBlock(_ text: String) -> Bool {
        guard let slash = text.firstIndex(of: "/") else { return isV4(text) || isV6(text) }
        let address = String(text[..<slash])
        guard let bits = Int(text[text.index(after: slash)...]), bits >= 0 else { return false }
        return isV4(address) && bits <= 32 || isV6(address) && bits <= 128
    }
}

extension StringProtocol {
    func value(after prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }

    /// Splits at every occurrence; Foundation's spelling without Foundation.
    func components(separatedBy separator: String) -> [String] {
        guard !separator.isEmpty else { return [String(self)] }
        var parts: [String] = []
        var rest = Substring(self)
        while let range = rest.firstRange(ofText: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        parts.append(String(rest))
        return parts
    }
}

extension Substring {
    func firstRange(ofText text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}

extension Sequence {
    func firstNonNil<T>(_ transform: (Element) -> T?) -> T? {
        for element in self { if let found = transform(element) { return found } }
        return nil
    }
}
