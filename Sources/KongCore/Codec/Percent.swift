/// Percent-encoding as nginx and Kong read and write it.
public enum Percent {
    /// A `%` that two hex digits do not follow stays as it is, as nginx's unescaping does.
    public static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> [UInt8] {
        bytes.withUnsafeBufferPointer { text in
            [UInt8](unsafeUninitializedCapacity: text.count) { out, count in
                count = decode(text, plusIsSpace: plusIsSpace, into: out)
            }
        }
    }

    /// - Parameter out: has room for as many bytes as there are in `text`.
    /// - Returns: how many of them were used.
    static func decode(
        _ text: UnsafeBufferPointer<UInt8>, plusIsSpace: Bool, into out: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var count = 0
        var index = 0
        while index < text.count {
            var byte = text[index]
            if byte == UInt8(ascii: "+"), plusIsSpace {
                byte = UInt8(ascii: " ")
            } else if byte == UInt8(ascii: "%"), index + 2 < text.count, let high = text[index + 1].hexDigit,
                let low = text[index + 2].hexDigit
            {
                byte = high << 4 | low
                index += 2
            }
            out[count] = byte
            count += 1
            index += 1
        }
        return count
    }

    /// As `ngx.escape_uri`: everything but unreserved characters.
    public static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            if byte.isASCIIAlphanumeric || "-._~".utf8.contains(byte) {
                out.append(byte)
            } else {
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
