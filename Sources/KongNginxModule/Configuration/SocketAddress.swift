import Glibc

/// An address that nginx can connect to, in memory of its own for as long as somebody holds it.
final class SocketAddress {
    let pointer: UnsafeMutablePointer<sockaddr>
    let length: socklen_t
    /// `ip:port`, for logs.
    let text: UnsafeMutableBufferPointer<UInt8>

    private init(_ raw: UnsafeMutableRawPointer, _ length: Int, _ text: String) {
        pointer = raw.assumingMemoryBound(to: sockaddr.self)
        self.length = socklen_t(length)
        let bytes = Array(text.utf8)
        self.text = .allocate(capacity: bytes.count)
        _ = self.text.initialize(from: bytes)
    }

    deinit {
        UnsafeMutableRawPointer(pointer).deallocate()
        text.deallocate()
    }

    /// Nil when the host is not an IP address (brackets around IPv6 are allowed).
    static func make(host: String, port: UInt16) -> SocketAddress? {
        let name = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        var v4 = in_addr()
        if inet_pton(AF_INET, name, &v4) == 1 {
            return make(v4, port, "\(name):\(port)")
        }
        var v6 = in6_addr()
        if inet_pton(AF_INET6, name, &v6) == 1 {
            return make(v6, port, "[\(name)]:\(port)")
        }
        return nil
    }

    private static func make(_ address: in_addr, _ port: UInt16, _ text: String) -> SocketAddress {
        let size = MemoryLayout<sockaddr_in>.size
        let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        raw.storeBytes(
            of: sockaddr_in(
                sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian, sin_addr: address,
                sin_zero: (0, 0, 0, 0, 0, 0, 0, 0)),
            as: sockaddr_in.self)
        return SocketAddress(raw, size, text)
    }

    private static func make(_ address: in6_addr, _ port: UInt16, _ text: String) -> SocketAddress {
        let size = MemoryLayout<sockaddr_in6>.size
        let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
        raw.storeBytes(
            of: sockaddr_in6(
                sin6_family: sa_family_t(AF_INET6), sin6_port: port.bigEndian, sin6_flowinfo: 0, sin6_addr: address,
                sin6_scope_id: 0),
            as: sockaddr_in6.self)
        return SocketAddress(raw, size, text)
    }
}
