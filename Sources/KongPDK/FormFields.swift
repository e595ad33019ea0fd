import KongCore

/// `application/x-www-form-urlencoded` fields, of a query or of a body.
///
/// Source: WHATWG URL, section 5.1; `+` is a space, escapes are decoded, a field without `=` is empty.
public struct FormFields {
    private let raw: [UInt8]

    public init(_ raw: [UInt8]) { self.raw = raw }

    private func forEach(
        _ body: (_ field: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void
    ) {
        for field in raw.split(separator: UInt8(ascii: "&")) {
            if let equals = field.firstIndex(of: UInt8(ascii: "=")) {
                body(field, field[..<equals], field[(equals + 1)...])
            } else {
                body(field, field, [])
            }
        }
    }

    /// Every field in order; the value of one without `=` is nil.
    public var all: [(name: [UInt8], value: [UInt8]?)] {
        var out: [(name: [UInt8], value: [UInt8]?)] = []
        forEach { field, key, value in
            guard !field.isEmpty else { return }
            out.append((Self.decode(key), key.count == field.count ? nil : Self.decode(value)))
        }
        return out
    }

    public func values(of name: [UInt8]) -> [[UInt8]] {
        guard !raw.isEmpty else { return [] }
        var out: [[UInt8]] = []
        forEach { _, key, value in
            if Self.decode(key) == name { out.append(Self.decode(value)) }
        }
        return out
    }

    /// The fields without those of this name, the others as they were.
    public func removing(_ name: [UInt8]) -> [UInt8] {
        var kept: [ArraySlice<UInt8>] = []
        forEach { field, key, _ in
            if Self.decode(key) != name { kept.append(field) }
        }
        return Array(kept.joined(separator: [UInt8(ascii: "&")]))
    }

    private static func decode(_ text: ArraySlice<UInt8>) -> [UInt8] { Percent.decode(text, plusIsSpace: true) }
}
