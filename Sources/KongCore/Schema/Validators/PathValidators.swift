extension FieldCheck {
    /// No path of Kong's has empty segments.
    public static let noEmptySegments = FieldCheck.matchNone([
        PatternRule("//", error: "must not have empty segments")
    ])
}

extension FieldValidator {
    /// The path of a URL: characters of RFC 3986 only, percent signs only before two hexadecimal digits.
    public static let path = FieldValidator("path") { value, _ in
        guard let text = value.stringValue else { return nil }
        let isValid = text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "/%:@-._~!$&'()*+,;=".utf8.contains($0) }
        guard isValid else {
            return .string("invalid path: '\(text)' (characters outside of the reserved list of RFC 3986 found)")
        }
        return text.badPercentEscape.map { .string("invalid url-encoded value: '\($0)'") }
    }

    /// A path of a route: in normal form, or after `~` a regular expression.
    public static let routerPath = FieldValidator("router_path") { value, context in
        guard let text = value.stringValue else { return nil }
        if let escape = text.badPercentEscape { return .string("invalid url-encoded value: '\(escape)'") }
        guard text.hasPrefix("~") else {
            let normal = String(decoding: PathNormalization.normalize(Array(text.utf8)), as: UTF8.self)
            return normal == text ? nil : .string("non-normalized path, consider use '\(normal)' instead")
        }
        let pattern = String(text.dropFirst())
        guard let error = pattern.regexError else { return nil }
        // Kong's first look is with PCRE; what its linear engine lacks is found when the expression is compiled.
        if context.routerFlavor != "traditional" && ExpressionRegex.needsBacktracking(pattern) { return nil }
        return .string("invalid regex: '\(pattern)' (PCRE returned: \(error))")
    }

    /// A URL with scheme and host.
    public static let url = FieldValidator("url") { value, _ in
        guard let text = value.stringValue else { return nil }
        guard let url = URLParts(text) else { return "could not parse url. invalid url" }
        if url.host == nil { return "missing host in url" }
        return url.scheme == nil ? "missing scheme in url" : nil
    }
}

extension String {
    /// The first percent sign that no two hexadecimal digits follow, with what follows it.
    var badPercentEscape: String? {
        let bytes = Array(utf8)
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "%") {
            let digits = bytes[(index + 1)..<min(index + 3, bytes.count)]
            if digits.count < 2 || !digits.allSatisfy({ $0.hexDigit != nil }) {
                return String(decoding: bytes[index..<min(index + 3, bytes.count)], as: UTF8.self)
            }
        }
        return nil
    }
}
