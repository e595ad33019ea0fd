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

    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte == UInt8(ascii: "+") {
                out.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), index + 2 < text.endIndex,
                let high = digit(text[index + 1]), let low = digit(text[index + 2])
            {
                out.append(high << 4 | low)
                index += 2
            } else {
                out.append(byte)
            }
            index += 1
        }
        return out
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
