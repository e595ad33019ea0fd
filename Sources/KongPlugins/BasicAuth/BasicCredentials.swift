import KongCore

/// The user and the password of a `Basic` header.
struct BasicCredentials {
    let user: [UInt8]
    let password: [UInt8]

    /// Nil when the header says neither.
    init?(header: [UInt8]) {
        guard let encoded = Self.parameter(header), let decoded = Base64.decode(encoded),
            let colon = decoded.firstIndex(of: UInt8(ascii: ":")), colon > 0
        else { return nil }
        user = Array(decoded[..<colon])
        password = Array(decoded[(colon + 1)...])
    }

    /// What follows the scheme, wherever that stands; its first letter may have either case (as in Kong).
    private static func parameter(_ header: [UInt8]) -> ArraySlice<UInt8>? {
        let scheme = Array("asic".utf8)
        for index in header.indices where header[index] | 0x20 == UInt8(ascii: "b") {
            let rest = header[(index + 1)...]
            guard rest.starts(with: scheme) else { continue }
            let text = rest.dropFirst(scheme.count).drop { $0 == 0x20 || $0 == 0x09 }
            return text.isEmpty ? nil : text
        }
        return nil
    }
}
