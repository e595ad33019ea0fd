import Foundation

/// Free loopback ports, each handed out once per process.
public enum Ports {
    private static let next = Locked(
        Int(ProcessInfo.processInfo.environment["KONG_TEST_PORTS"] ?? "") ?? 25000 + Int(getpid() % 20) * 100
    )

    public static func free() throws -> Int {
        try next.mutate { candidate in
            for _ in 0..<4000 {
                candidate = candidate >= 31900 ? 25000 : candidate + 1
                if isFree(candidate) { return candidate }
            }
            throw HarnessError("no free port between 25000 and 31900")
        }
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        return (try? Loopback.bind(descriptor, port: port, reuse: false)) != nil
    }
}

/// sockaddr_in for 127.0.0.1.
enum Loopback {
    static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    static func bind(_ descriptor: Int32, port: Int, reuse: Bool = true) throws {
        if reuse {
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = address(port)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw HarnessError("bind to 127.0.0.1:\(port): \(String(cString: strerror(errno)))") }
    }

    static func localPort(_ descriptor: Int32) -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
