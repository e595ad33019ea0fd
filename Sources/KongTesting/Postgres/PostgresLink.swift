import Foundation

/// A network between a gateway and its Postgres that fails when it is told to.
public final class PostgresLink: Sendable {
    public enum Fault: Sendable, Equatable {
        case none
        /// Every piece of data comes so many seconds late.
        case slow(Double)
        /// Connections are taken, nothing passes; what was held back passes later.
        case blackHole
        /// Connections are taken and reset.
        case reset
        /// The next COMMIT is lost together with its connection.
        case cutBeforeCommit
        /// The answer to the next COMMIT is lost together with the connection.
        case cutAfterCommit
        /// The next COMMIT never arrives; the server sees an open connection.
        case silentBeforeCommit
        /// The answer to the next COMMIT, and everything after it, never arrives.
        case silentAfterCommit
    }

    public let port: Int
    private let target: Int
    private let listener: Int32
    private let state = Locked(State())

    private struct State {
        var fault = Fault.none
        /// Connections made before the last cut end.
        var generation = 0
        /// How many COMMITs met their fault.
        var struck = 0
        /// How many connections were asked for.
        var asked = 0
    }

    public init(to target: Int) throws {
        self.target = target
        port = try Ports.free()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try Loopback.bind(listener, port: port)
        guard listen(listener, 128) == 0 else { throw HarnessError("listen on \(port)") }
        Thread.detachNewThread { [weak self, listener] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                Descriptors.keepFromChildren(client)
                guard let self else { return _ = close(client) }
                self.serve(client)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// From now on, on old connections and new ones.
    public func set(_ fault: Fault) { state.mutate { $0.fault = fault } }

    /// Ends every connection.
    public func cut() { state.mutate { $0.generation += 1 } }

    public var struck: Int { state.value.struck }

    public var asked: Int { state.value.asked }

    private func serve(_ client: Int32) {
        let (fault, generation) = state.mutate {
            $0.asked += 1
            return ($0.fault, $0.generation)
        }
        if fault == .reset { return Self.end(client, withReset: true) }
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = Loopback.address(target)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            Self.end(server, withReset: false)
            return Self.end(client, withReset: true)
        }
        for descriptor in [client, server] {
            var on: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        let pair = Pair(client: client, server: server, generation: generation)
        Thread.detachNewThread { [self] in pump(pair, from: client, to: server, isRequest: true) }
        Thread.detachNewThread { [self] in pump(pair, from: server, to: client, isRequest: false) }
    }

    /// One client's way to the server and back.
    private final class Pair: Sendable {
        let client: Int32
        let server: Int32
        let generation: Int
        let flags = Locked(Flags())

        struct Flags {
            var isEnded = false
            /// The client's side hears nothing any more.
            var isSilent = false
            /// The next answer is dropped, and the connection with it.
            var dropsAnswer = false
            var halves = 2
        }

        init(client: Int32, server: Int32, generation: Int) {
            self.client = client
            self.server = server
            self.generation = generation
        }

        func end() { flags.mutate { $0.isEnded = true } }
    }

    private func pump(_ pair: Pair, from source: Int32, to sink: Int32, isRequest: Bool) {
        var chunk = [UInt8](repeating: 0, count: 65536)
        while isAlive(pair) {
            var entry = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 20) > 0 else { continue }
            let count = recv(source, &chunk, chunk.count, 0)
            if count <= 0 { break }
            let bytes = Array(chunk[0..<count])
            guard hold(pair), isRequest ? passes(request: bytes, pair) : passes(answerOf: pair) else { continue }
            UpstreamStream(sink).send(bytes)
        }
        pair.end()
        let isLast = pair.flags.mutate {
            $0.halves -= 1
            return $0.halves == 0
        }
        if isLast {
            Self.end(pair.client, withReset: false)
            Self.end(pair.server, withReset: false)
        }
    }

    private func isAlive(_ pair: Pair) -> Bool {
        state.value.generation == pair.generation && !pair.flags.value.isEnded
    }

    /// Waits as the fault says; false when the connection has ended meanwhile.
    private func hold(_ pair: Pair) -> Bool {
        if case .slow(let seconds) = state.value.fault { usleep(UInt32(seconds * 1_000_000)) }
        while state.value.fault == .blackHole, isAlive(pair) { usleep(5000) }
        return isAlive(pair)
    }

    private static let commit = Array("COMMIT\0".utf8)

    private func passes(request bytes: [UInt8], _ pair: Pair) -> Bool {
        if pair.flags.value.isSilent { return false }
        guard Self.contains(bytes, Self.commit) else { return true }
        let fault = state.mutate { state -> Fault in
            switch state.fault {
            case .cutBeforeCommit, .cutAfterCommit, .silentBeforeCommit, .silentAfterCommit:
                // Once: whoever comes next finds a sound network.
                defer { state.fault = .none }
                state.struck += 1
                return state.fault
            default: return .none
            }
        }
        switch fault {
        case .cutBeforeCommit:
            pair.end()
            return false
        case .silentBeforeCommit:
            pair.flags.mutate { $0.isSilent = true }
            return false
        case .cutAfterCommit: pair.flags.mutate { $0.dropsAnswer = true }
        case .silentAfterCommit: pair.flags.mutate { $0.isSilent = true }
        default: break
        }
        return true
    }

    private func passes(answerOf pair: Pair) -> Bool {
        if pair.flags.value.dropsAnswer { pair.end() }
        return !pair.flags.value.isSilent && !pair.flags.value.isEnded
    }

    private static func contains(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool {
        guard bytes.count >= wanted.count else { return false }
        return (0...(bytes.count - wanted.count)).contains { bytes[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }

    private static func end(_ descriptor: Int32, withReset: Bool) {
        if withReset {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        }
        close(descriptor)
    }
}
