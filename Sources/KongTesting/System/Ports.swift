import Foundation

/// Free loopback ports, below those that the system gives to clients.
///
/// A process takes them from blocks of its own, so that test runs beside one another never hand out the same one: the
/// first port of a block is bound for as long as the process lives.
public enum Ports {
    private static let first = 25000
    private static let blocks = 69
    private static let blockSize = 100

    private struct State {
        /// The blocks of this process: their first ports.
        var claimed: [Int] = []
        /// The last port that was handed out, of which block.
        var block = -1
        var offset = 0
    }

    private static let state = Locked(State())

    public static func free() throws -> Int {
        try state.mutate { state in
            // Twice around: what was in use at first may have become free.
            for _ in 0..<(2 * blocks * blockSize) {
                if state.block < 0 || state.offset == blockSize - 1 { try advance(&state) }
                state.offset += 1
                let candidate = state.claimed[state.block] + state.offset
                if isFree(candidate) { return candidate }
            }
            throw HarnessError("no free port from \(first) to \(first + blocks * blockSize - 1)")
        }
    }

    /// To another block of nobody's, or through the own ones again.
    private static func advance(_ state: inout State) throws {
        state.offset = 0
        let start = Int(getpid()) % blocks
        for number in 0..<blocks {
            let port = first + (start + number) % blocks * blockSize
            if state.claimed.contains(port) { continue }
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard (try? Loopback.bind(descriptor, port: port, reuse: false)) != nil else {
                close(descriptor)
                continue
            }
            // Kept open, and with it the block, until the process ends.
            state.claimed.append(port)
            state.block = state.claimed.count - 1
            return
        }
        guard !state.claimed.isEmpty else { throw HarnessError("other processes have all ports from \(first) on") }
        state.block = (state.block + 1) % state.claimed.count
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
