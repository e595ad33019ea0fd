extension FieldValidator {
    /// The name of an entity.
    public static let utf8Name = FieldValidator("utf8_name") { value, _ in
        guard let text = value.stringValue else { return nil }
        let isValid = text.utf8.allSatisfy { byte in
            byte.isASCIIAlphanumeric || ".-_~".utf8.contains(byte) || (0x80...0xF4).contains(byte)
        }
        if isValid { return nil }
        let error = "invalid value '\(text)': the only accepted ascii characters are alphanumerics or ., -, _, and ~"
        return .string(error)
    }

    public static let tag = FieldValidator("tag") { value, _ in
        guard let text = value.stringValue else { return nil }
        let isValid = text.utf8.allSatisfy { byte in
            (0x20...0x7E).contains(byte) && byte != UInt8(ascii: ",") && byte != UInt8(ascii: "/")
                || (0x80...0xF4).contains(byte)
        }
        if isValid { return nil }
        let error = "invalid tag '\(text)': expected printable ascii (except `,` and `/`) or valid utf-8 sequences"
        return .string(error)
    }

    public static let headerName = FieldValidator("header_name") { value, _ in
        guard let text = value.stringValue else { return nil }
        if text.isEmpty { return "no header name provided" }
        if text.isHeaderName { return nil }
        return .string("bad header name '\(text)', allowed characters are A-Z, a-z, 0-9, '_', and '-'")
    }

    public static let cookieName = FieldValidator("cookie_name") { value, _ in
        guard let text = value.stringValue else { return nil }
        if text.isEmpty { return "no token provided" }
        let isValid = text.utf8.allSatisfy { byte in
            (0x21...0x7E).contains(byte) && !#"()<>@,;:\"/?={}[]"#.utf8.contains(byte)
        }
        if isValid { return nil }
        return .string(
            "contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and the "
                + #"characters ()<>@,;:\"/?={}[] are not allowed."#)
    }
}

extension String {
    /// Letters, digits, dashes and underscores, at least one.
    public var isHeaderName: Bool {
        !isEmpty
            && utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
}
