import Foundation

/// A shell that waits for this process to end, or to say so, and then ends what the gateway left and removes its folder.
/// A test process that crashes must not leave gateways behind.
final class Reaper: Sendable {
    private let pipe: Locked<Int32?>
    private let shell: pid_t

    private static let script = """
        read -r _
        pids=$(cat "$1"/prefix*/pids/*.pid 2>/dev/null)
        for p in $pids; do kill -TERM "$p" 2>/dev/null; done
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
          alive=; for p in $pids; do kill -0 "$p" 2>/dev/null && alive=1; done
          [ -z "$alive" ] && break
          sleep 0.1
        done
        for p in $pids; do kill -KILL "$p" 2>/dev/null; done
        [ -n "$KONG_TEST_KEEP" ] || rm -rf "$1"
        """

    init(folder: String) throws {
        var ends: [Int32] = [0, 0]
        let code = Descriptors.lock.withLock {
            let code = Glibc.pipe(&ends)
            ends.forEach(Descriptors.keepFromChildren)
            return code
        }
        guard code == 0 else { throw HarnessError("pipe: \(String(cString: strerror(errno)))") }
        shell = try Command.spawn(["/bin/sh", "-c", Self.script, "reaper", folder], input: ends[0])
        close(ends[0])
        pipe = Locked(ends[1])
    }

    deinit { finish() }

    func finish() {
        pipe.mutate {
            guard let end = $0 else { return }
            $0 = nil
            close(end)
            var status: Int32 = 0
            waitpid(shell, &status, 0)
        }
    }
}
