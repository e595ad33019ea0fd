import KongCore

/// A `multipart/form-data` body. Kong keeps only the last part of each name.
enum MultipartBody {
    /// - Returns: nil when there is no boundary in the content type or the body has none of it.
    static func arguments(_ body: [UInt8], contentType: String) -> [(name: String, value: JSONValue)]? {
        guard let boundary = boundary(in: contentType) else { return nil }
        let delimiter = Array("--\(boundary)".utf8)
        var parts: [(name: String, value: JSONValue)] = []
        var rest = body[...]
        guard let first = rest.firstRange(of: delimiter) else { return nil }
        rest = rest[first.upperBound...]
        while !rest.starts(with: "--".utf8), let next = rest.firstRange(of: delimiter) {
            if let part = part(rest[..<next.lowerBound]) {
                parts.removeAll { $0.name == part.name }
                parts.append(part)
            }
            if parts.count > Arguments.limit { break }
            rest = rest[next.upperBound...]
        }
        return parts
    }

    private static func boundary(in contentType: String) -> String? {
        for parameter in contentType.split(separator: ";").dropFirst() {
            let trimmed = parameter.drop { $0 == " " || $0 == "\t" }
            guard trimmed.lowercased().hasPrefix("boundary=") else { continue }
            let value = trimmed.dropFirst("boundary=".count)
            let bare = value.hasPrefix("\"") ? value.dropFirst().prefix { $0 != "\"" } : value.prefix { $0 != " " }
            return bare.isEmpty ? nil : String(bare)
        }
        return nil
    }

    /// `CRLF headers CRLF CRLF content CRLF`.
    private static func part(_ bytes: ArraySlice<UInt8>) -> (name: String, value: JSONValue)? {
        guard let blank = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        var content = bytes[blank.upperBound...]
        if content.suffix(2).elementsEqual("\r\n".utf8) { content = content.dropLast(2) }
        var name: String?
        var isJSON = false
        for line in String(decoding: bytes[..<blank.lowerBound], as: UTF8.self).split(whereSeparator: \.isNewline) {
            let lower = line.lowercased()
            if lower.hasPrefix("content-disposition:") { name = parameter("name", in: line) }
            if lower.hasPrefix("content-type:") { isJSON = lower.contains("application/json") }
        }
        guard let name, !name.isEmpty else { return nil }
        // A part that says JSON and is not is taken as text: the field's type then decides.
        if isJSON, let value = try? JSONValue(parsing: Array(content)) { return (name, value) }
        return (name, content.isEmpty ? .null : .string(String(decoding: content, as: UTF8.self)))
    }

    private static func parameter(_ wanted: String, in line: Substring) -> String? {
        for piece in line.split(separator: ";").dropFirst() {
            let trimmed = piece.drop { $0 == " " }
            guard let mark = trimmed.firstIndex(of: "="), trimmed[..<mark].lowercased() == wanted else { continue }
            let value = trimmed[trimmed.index(after: mark)...]
            return value.hasPrefix("\"") ? String(value.dropFirst().prefix { $0 != "\"" }) : String(value)
        }
        return nil
    }
}
