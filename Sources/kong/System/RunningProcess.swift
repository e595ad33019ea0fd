import Foundation

/// A process known by its pid file.
struct RunningProcess {
    var pid: pid_t

    /// nil unless the file names a live process of that name: pids are reused.
    init?(pidFile: String, named name: String) {
        guard let text = try? Files.readText(pidFile),
            let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1,
            let command = try? Files.readText("/proc/\(pid)/comm"),
            command.hasPrefix(name)
        else { return nil }
        self.pid = pid
        guard isRunning else { return nil }
    }

    /// A zombie does not run: its parent has not asked for its status yet.
    var isRunning: Bool {
        guard kill(pid, 0) == 0 || errno == EPERM, let status = try? Files.readText("/proc/\(pid)/stat") else {
            return false
        }
        return status.split(separator: ")").last?.trimmingCharacters(in: .whitespaces).hasPrefix("Z") == false
    }

    var children: Set<pid_t> {
        let text = (try? Files.readText("/proc/\(pid)/task/\(pid)/children")) ?? ""
        return Set(text.split(separator: " ").compactMap { pid_t($0) })
    }

    func send(_ signal: Int32) throws(CommandError) {
        guard kill(pid, signal) == 0 || errno == ESRCH else { throw SystemError.last("signal the process \(pid)") }
    }

    /// - Returns: Whether it ended in time.
    func waitForExit(seconds: Double) -> Bool {
        let deadline = Date().addingTimeInterval(seconds)
        while isRunning {
            if Date() >= deadline { return false }
            usleep(20_000)
        }
        return true
    }
}
