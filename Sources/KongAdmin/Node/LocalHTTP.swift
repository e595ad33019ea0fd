import Foundation
import KongCore

/// One short HTTP/1.0 exchange with a server of this machine, blocking: the
/// node API on its unix socket, the Status API for `kong drain`.
public struct LocalHTTP: Sendable {
    public enum Address: Sendable {
        case unix(path: String)
        case tcp(host: String, port: Int)
    }

    public struct Reply: Sendable {
        public var status: Int
        public var body: [UInt8]
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    private let address: Address
    private let timeoutSeconds: Int

    public init(_ address: Address, timeoutSeconds: Int = 5) {
        self.address = address
        self.timeoutSeconds = timeoutSeconds
    }

    public func send(_ method: String, _ path: String, body: String = "") throws -> Reply {
        let descriptor = try connected()
        defer { close(descriptor) }
        // 1.0: the answer ends with the connection and is never chunked.
        let request =
            "\(method) \(path) HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        var bytes = Array(request.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw failure("write to") }
            bytes = bytes.dropFirst(count)
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 { throw failure("read from") }
            if count == 0 { break }
            answer += buffer[..<count]
        }
        return try parse(answer)
    }

    private func parse(_ answer: [UInt8]) throws -> Reply {
        let end: [UInt8] = [13, 10, 13, 10]
        guard let split = answer.indices.first(where: { answer[$0...].starts(with: end) }) else {
            throw Failure(description: "\(name) gave no HTTP answer")
        }
        let line = String(decoding: answer[..<split].prefix { $0 != 13 }, as: UTF8.self)
        guard let status = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure(description: "\(name) gave no HTTP status: \(line)")
        }
        return Reply(status: status, body: Array(answer[(split + 4)...]))
    }

    private var name: String {
        switch address {
        case .unix(let path): path
        case .tcp(let host, let port): "\(host):\(port)"
        }
    }

    private func failure(_ action: String) -> Failure {
        Failure(description: "could not \(action) \(name): \(String(cString: strerror(errno)))")
    }

    private func connected() throws -> Int32 {
        switch address {
        case .unix(let path): return try connectedUnix(path)
        case .tcp(let host, let port): return try connectedTCP(host, port)
        }
    }

    private func connectedUnix(_ path: String) throws -> Int32 {
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: target.sun_path) else {
            throw Failure(description: "the path is too long for a unix socket: \(path)")
        }
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = try open(AF_UNIX)
        let status = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return try checked(descriptor, status)
    }

    private func connectedTCP(_ host: String, _ port: Int) throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(HostAndPort.bare(host), String(port), &hints, &list) == 0, let found = list?.pointee else {
            throw Failure(description: "no address for \(name)")
        }
        defer { freeaddrinfo(list) }
        let descriptor = try open(found.ai_family)
        return try checked(descriptor, connect(descriptor, found.ai_addr, found.ai_addrlen))
    }

    private func open(_ family: Int32) throws -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw failure("open a socket for") }
        var time = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        return descriptor
    }

    private func checked(_ descriptor: Int32, _ status: Int32) throws -> Int32 {
        guard status == 0 else {
            let error = failure("connect to")
            close(descriptor)
            throw error
        }
        return descriptor
    }
}
