import Foundation
import KongCore

/// Workers whose master was killed: they go on serving, hold the ports, and nobody replaces them.
struct OrphanedWorkers {
    private let pids: [pid_t]

    init(_ pids: [pid_t]) { self.pids = pids }

    var isEmpty: Bool { pids.isEmpty }
    var count: Int { pids.count }

    /// Those of this prefix: they map its snapshot or write its logs. Other users' processes cannot be looked into.
    static func find(_ settings: Settings) -> OrphanedWorkers {
        let prefix = URL(fileURLWithPath: settings.prefix).resolvingSymlinksInPath().path
        return OrphanedWorkers(
            Files.names(in: "/proc").compactMap { pid_t($0) }.filter { pid in
                title(pid).hasPrefix("nginx: worker process") && !title(parent(of: pid)).hasPrefix("nginx: master")
                    && belongs(pid, to: prefix)
            })
    }

    /// Requests in flight are finished; returns when the ports are free.
    func quit() {
        for pid in pids { kill(pid, SIGQUIT) }
        wait(seconds: 5) { Self.title($0).contains("shutting down") }
    }

    func stop() {
        for pid in pids { kill(pid, SIGTERM) }
        wait(seconds: 5) { _ in false }
    }

    private func wait(seconds: Double, _ isEnough: (pid_t) -> Bool) {
        let deadline = Date().addingTimeInterval(seconds)
        for pid in pids {
            while !Self.title(pid).isEmpty, !isEnough(pid) {
                if Date() >= deadline {
                    kill(pid, SIGKILL)
                    break
                }
                usleep(5000)
            }
        }
    }

    private static func belongs(_ pid: pid_t, to prefix: String) -> Bool {
        if let maps = try? Files.readText("/proc/\(pid)/maps"), maps.contains(" \(prefix)/snapshot/data.mdb") {
            return true
        }
        return Files.names(in: "/proc/\(pid)/fd").contains { name in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(name)")
            return target?.hasPrefix("\(prefix)/logs/") ?? false
        }
    }

    /// Empty for a process that is gone, or dead and not waited for.
    private static func title(_ pid: pid_t) -> String { (try? Files.readText("/proc/\(pid)/cmdline")) ?? "" }

    private static func parent(of pid: pid_t) -> pid_t {
        let status = (try? Files.readText("/proc/\(pid)/stat")) ?? ""
        let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 1 ? pid_t(fields[1]) ?? 0 : 0
    }
}
