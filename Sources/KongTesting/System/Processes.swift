import Foundation

/// What /proc says about processes.
public enum Processes {
    public static func isAlive(_ pid: pid_t) -> Bool {
        guard kill(pid, 0) == 0 else { return false }
        return !File.text("/proc/\(pid)/stat").contains(") Z ")
    }

    public static func title(_ pid: pid_t) -> String {
        File.text("/proc/\(pid)/cmdline").replacingOccurrences(of: "\0", with: " ")
    }

    public static func children(of pid: pid_t) -> [pid_t] {
        File.text("/proc/\(pid)/task/\(pid)/children").split(separator: " ").compactMap { pid_t($0) }.sorted()
    }

    /// Workers of an nginx master that are not on their way out.
    public static func workers(of master: pid_t) -> [pid_t] {
        children(of: master).filter {
            let title = title($0)
            return title.contains("worker process") && !title.contains("shutting down")
        }
    }

    /// The descriptor numbers' targets of a process.
    public static func descriptors(of pid: pid_t) -> [String] {
        let folder = "/proc/\(pid)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []  // gone: it has none
        return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
    }

    /// Proportional set size in bytes.
    public static func proportionalSize(of pid: pid_t) -> Int {
        for line in File.text("/proc/\(pid)/smaps_rollup").split(separator: "\n") where line.hasPrefix("Pss:") {
            return (Int(line.split(separator: " ").dropFirst().first ?? "0") ?? 0) * 1024
        }
        return 0
    }

    /// Which of `candidates` holds the server's side of a loopback connection from `clientPort`.
    public static func owner(ofConnectionFrom clientPort: Int, to serverPort: Int, among candidates: [pid_t]) -> pid_t?
    {
        let hex = { (port: Int) in String(format: "%04X", port) }
        for line in File.text("/proc/net/tcp").split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[1].hasSuffix(":" + hex(serverPort)),
                fields[2].hasSuffix(":" + hex(clientPort))
            else { continue }
            let socket = "socket:[\(fields[9])]"
            return candidates.first { descriptors(of: $0).contains(socket) }
        }
        return nil
    }
}
