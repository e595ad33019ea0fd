import KongCore
import KongPDK

/// A request body's top-level fields: a form, a multipart form, or a JSON object.
///
/// Source: Kong's `kong.request.get_body`.
struct RequestFields {
    private enum Kind {
        case form
        case multipart(boundary: [UInt8])
        case json(JSONObject)
    }

    private let bytes: [UInt8]
    private let kind: Kind

    /// Nil when the content type is none of the three, or the body is not what it says.
    @Worker
    init?(_ body: [UInt8], _ request: any RequestBackend) {
        let type = request.withHeader("Content-Type") { String(decoding: $0, as: UTF8.self) } ?? ""
        let media = type.prefix { $0 != ";" }.lowercased()
        bytes = body
        if media.hasPrefix("application/x-www-form-urlencoded") {
            kind = .form
        } else if media.hasPrefix("multipart/form-data") {
            guard let boundary = Self.boundary(type) else { return nil }
            kind = .multipart(boundary: Array("--".utf8) + boundary)
        } else if media.hasPrefix("application/json") {
            guard case .object(let object)? = try? JSONValue(parsing: body) else { return nil }  // no key in it then
            kind = .json(object)
        } else {
            return nil
        }
    }

    func values(of name: String) -> [[UInt8]] {
        switch kind {
        case .form: return FormFields(bytes).values(of: Array(name.utf8))
        case .json(let object):
            switch object[name] {
            case .string(let text)?: return [Array(text.utf8)]
            // A list is never one key, however long it is.
            case .array(let elements)?:
                let texts = elements.map { Array(($0.stringValue ?? "").utf8) }
                return texts.count > 1 ? texts : [texts.first ?? [], []]
            default: return []
            }
        case .multipart(let boundary):
            return Self.parts(bytes, boundary).filter { $0.name == name }.map { Array($0.value) }
        }
    }

    func removing(_ name: String) -> [UInt8] {
        switch kind {
        case .form: return FormFields(bytes).removing(Array(name.utf8))
        case .json(var object):
            object[name] = nil
            return JSONValue.object(object).serialized()
        case .multipart(let boundary):
            var out: [UInt8] = []
            for part in Self.parts(bytes, boundary) where part.name != name {
                out += boundary + [13, 10] + part.whole
            }
            return out + boundary + Array("--\r\n".utf8)
        }
    }

    private static func boundary(_ type: String) -> [UInt8]? {
        for parameter in type.split(separator: ";").dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, trimmed(pair[0]).lowercased() == "boundary" else { continue }
            let value = trimmed(pair[1]).filter { $0 != "\"" }
            return value.isEmpty ? nil : Array(value.utf8)
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private struct Part {
        var name: String
        var value: ArraySlice<UInt8>
        /// Headers, blank line, value and the CRLF before the next boundary.
        var whole: ArraySlice<UInt8>
    }

    private static func parts(_ bytes: [UInt8], _ boundary: [UInt8]) -> [Part] {
        var parts: [Part] = []
        var cursor = find(boundary, in: bytes, from: 0)
        while let start = cursor {
            let head = start + boundary.count
            if bytes[head...].starts(with: "--".utf8) { break }
            guard let next = find(boundary, in: bytes, from: head), next >= head + 4 else { break }
            let whole = bytes[(head + 2)..<next]
            if let blank = find([13, 10, 13, 10], in: bytes, from: head), blank + 4 <= next - 2 {
                let headers = String(decoding: bytes[head..<blank], as: UTF8.self)
                if let name = fieldName(headers) {
                    parts.append(Part(name: name, value: bytes[(blank + 4)..<(next - 2)], whole: whole))
                }
            }
            cursor = next
        }
        return parts
    }

    private static func fieldName(_ headers: String) -> String? {
        for line in headers.split(separator: "\r\n") where line.lowercased().hasPrefix("content-disposition:") {
            for parameter in line.split(separator: ";").dropFirst() {
                let pair = parameter.split(separator: "=", maxSplits: 1)
                if pair.count == 2, trimmed(pair[0]) == "name" { return trimmed(pair[1]).filter { $0 != "\"" } }
            }
        }
        return nil
    }

    private static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= needle.count, start <= bytes.count - needle.count else { return nil }
        for position in start...(bytes.count - needle.count)
        where bytes[position] == needle[0] && bytes[position...].starts(with: needle) {
            return position
        }
        return nil
    }
}
