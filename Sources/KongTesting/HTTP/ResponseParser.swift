/// Puts an HTTP/1 answer together from pieces. Strict: what is no answer is an error of the gateway.
struct ResponseParser {
    private let toHead: Bool
    private var bytes: [UInt8] = []
    private var searched = 0

    init(toHead: Bool) {
        self.toHead = toHead
    }

    /// The answer and what follows it, once it is whole. An empty piece is the end of the stream.
    mutating func feed(_ more: [UInt8]) throws -> (Response, rest: [UInt8])? {
        bytes += more
        guard let headEnd = find([13, 10, 13, 10], from: 0) else {
            if more.isEmpty { throw HarnessError("connection closed before an answer: \(excerpt)") }
            return nil
        }
        let head = String(decoding: bytes[0..<headEnd], as: UTF8.self).components(separator: "\r\n")
        let status = head[0].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard status.count >= 2, status[0].hasPrefix("HTTP/1."), let code = Int(status[1]) else {
            throw HarnessError("not an HTTP answer: \(excerpt)")
        }
        let headers = head.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return HeaderLine(String(parts[0]), parts.count > 1 ? parts[1].trimmed : "")
        }
        guard let (body, end) = try body(after: headEnd + 4, code: code, headers: headers, ended: more.isEmpty) else {
            if more.isEmpty { throw HarnessError("connection closed inside an answer: \(excerpt)") }
            return nil
        }
        let reason = status.count > 2 ? String(status[2]) : ""
        return (Response(status: code, reason: reason, headers: headers, body: body), Array(bytes[end...]))
    }

    private func body(
        after start: Int, code: Int, headers: [HeaderLine], ended: Bool
    ) throws -> (body: [UInt8], end: Int)? {
        let named = { (name: String) in headers.first { $0.name.lowercased() == name }?.value }
        if toHead || code == 204 || code == 304 || code / 100 == 1 { return ([], start) }
        if named("transfer-encoding")?.lowercased() == "chunked" { return try chunks(from: start) }
        if let length = named("content-length") {
            guard let length = Int(length), length >= 0 else { throw HarnessError("Content-Length: \(length)") }
            return bytes.count >= start + length ? (Array(bytes[start..<start + length]), start + length) : nil
        }
        return ended ? (Array(bytes[start...]), bytes.count) : nil
    }

    private func chunks(from start: Int) throws -> (body: [UInt8], end: Int)? {
        var (body, position): ([UInt8], Int) = ([], start)
        while let lineEnd = find([13, 10], from: position) {
            let line = String(decoding: bytes[position..<lineEnd], as: UTF8.self)
            guard let size = Int(line.prefix { $0 != ";" }, radix: 16) else {
                throw HarnessError("chunk size: \(line)")
            }
            let chunkEnd = lineEnd + 2 + size
            if size == 0 {
                guard let end = find([13, 10], from: lineEnd + 2) else { return nil }
                return (body, end + 2)
            }
            guard bytes.count >= chunkEnd + 2 else { return nil }
            body += bytes[(lineEnd + 2)..<chunkEnd]
            position = chunkEnd + 2
        }
        return nil
    }

    private func find(_ needle: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= start + needle.count else { return nil }
        return bytes.withUnsafeBufferPointer { all in
            (start...(all.count - needle.count)).first { position in
                needle.indices.allSatisfy { all[position + $0] == needle[$0] }
            }
        }
    }

    private var excerpt: String {
        String(decoding: bytes.prefix(200), as: UTF8.self)
    }
}

extension StringProtocol {
    var trimmed: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    func components(separator: String) -> [String] {
        var parts: [String] = []
        var rest = Substring(self)
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
