import Foundation

/// The upstream's side of one connection. Reads what a gateway wrote; anything unreadable ends it.
struct UpstreamStream {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    var peerIsGone: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
    }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Ends with a RST. Always false: the connection is over.
    func reset() -> Bool {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        return false
    }

    mutating func next() -> ReceivedRequest? {
        guard let first = line(), !first.isEmpty else { return nil }
        let parts = first.split(separator: " ").map(String.init)
        guard parts.count == 3 else { return nil }
        var headers: [HeaderLine] = []
        while let text = line() {
            if text.isEmpty {
                guard let body = body(headers) else { return nil }
                return ReceivedRequest(
                    method: parts[0], target: parts[1], version: parts[2], headers: headers, body: body)
            }
            let pair = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            headers.append(HeaderLine(String(pair[0]), pair.count > 1 ? pair[1].trimmed : ""))
        }
        return nil
    }

    private mutating func body(_ headers: [HeaderLine]) -> [UInt8]? {
        let named = { (name: String) in headers.first { $0.name.lowercased() == name }?.value }
        if named("transfer-encoding")?.lowercased().contains("chunked") == true {
            var whole: [UInt8] = []
            while let size = line().flatMap({ Int($0.prefix { $0 != ";" }, radix: 16) }) {
                guard let piece = take(size), line() != nil else { return nil }
                if size == 0 { return whole }
                whole += piece
            }
            return nil
        }
        return take(named("content-length").flatMap { Int($0) } ?? 0)
    }

    private mutating func line() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = buffer[..<end].last == 13 ? buffer[..<(end - 1)] : buffer[..<end]
                buffer.removeSubrange(...end)
                return String(decoding: line, as: UTF8.self)
            }
            guard fill() else { return nil }
        }
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        while buffer.count < count {
            guard fill() else { return nil }
        }
        defer { buffer.removeSubrange(..<count) }
        return Array(buffer[..<count])
    }

    private mutating func fill() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffer += chunk[0..<count]
        return true
    }
}
