import Foundation

/// A client connection over a plain socket: exact bytes out, exact bytes in.
public final class Connection: @unchecked Sendable {
    // One thread at a time: a test hands a connection over, it never shares one.
    private let descriptor: Int32
    private let timeout: Double
    private var buffer: [UInt8] = []
    private var open = true
    public let localPort: Int

    public init(port: Int, timeout: Double = 15) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.timeout = timeout
        var address = Loopback.address(port)
        let code = withUnsafePointer(to: &address) { [descriptor] in
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw HarnessError("connect to 127.0.0.1:\(port): \(reason)")
        }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        localPort = Loopback.localPort(descriptor)
    }

    deinit { end() }

    public func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    public func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            try waitFor(POLLOUT, "the peer does not read")
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if count < 0 && errno == EAGAIN { continue }
            guard count > 0 else { throw HarnessError("send: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    /// More bytes; none at the end of the stream.
    public func receive() throws -> [UInt8] {
        if !buffer.isEmpty {
            defer { buffer = [] }
            return buffer
        }
        try waitFor(POLLIN, "no answer")
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count >= 0 else { throw HarnessError("receive: \(String(cString: strerror(errno)))") }
        return Array(chunk[0..<count])
    }

    /// Everything until the peer closes; a reset counts as the end.
    public func receiveAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            do {
                let more = try receive()
                if more.isEmpty { return all }
                all += more
            } catch let error as HarnessError where error.description.hasPrefix("receive:") {
                return all
            }
        }
    }

    /// The next answer on this connection.
    public func response(toHead: Bool = false) throws -> Response {
        var parser = ResponseParser(toHead: toHead)
        while true {
            let more = try receive()
            if let (response, rest) = try parser.feed(more) {
                buffer = rest
                return response
            }
        }
    }

    /// The peer has closed: nothing more comes.
    public func isAtEnd() throws -> Bool {
        let more = try receive()
        buffer = more
        return more.isEmpty
    }

    /// No more from us; the answer may still come.
    public func finishWriting() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    public func end() {
        guard open else { return }
        open = false
        close(descriptor)
    }

    /// Ends with a RST, like a client that dies.
    public func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        end()
    }

    private func waitFor(_ events: Int32, _ what: String) throws {
        var poll = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        let ready = Glibc.poll(&poll, 1, Int32(timeout * 1000))
        guard ready > 0 else { throw HarnessError("within \(timeout) s: \(what)") }
    }
}
