import Foundation
import KongCore

/// Starts and stops the admin process, a session of its own: it outlives this
/// command, and nginx outlives it.
struct AdminControl {
    let settings: Settings
    let installation: Installation

    static func running(_ settings: Settings) -> RunningProcess? {
        RunningProcess(pidFile: settings.adminPidPath, named: "kong")
    }

    /// Returns when it serves and the snapshot is written.
    func start(timeoutSeconds: Double = 120) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError.last("make a pipe") }
        let pipe = (read: ends[0], write: ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(pipe.read) }
        let log = settings.prefix + "/logs/admin_error.log"
        let logStart = Self.size(of: log)
        let pid = try spawn(readiness: pipe.write, log: log)
        close(pipe.write)
        Console.verbose("started the admin process \(pid)")

        let message = Self.readMessage(from: pipe.read, seconds: timeoutSeconds)
        switch message {
        case let said? where said.hasPrefix("ready"):
            for warning in said.split(separator: "\n").dropFirst() { Console.warn(String(warning)) }
        case let reason? where !reason.isEmpty: throw CommandError(reason)
        case nil:
            kill(pid, SIGKILL)
            throw CommandError("the admin process did not become ready in \(Int(timeoutSeconds)) s: see \(log)")
        default:
            let said = Self.lastLine(of: log, from: logStart)
            throw CommandError("the admin process ended: \(said ?? "see " + log)")
        }
    }

    static func stop(_ settings: Settings) throws {
        guard let process = running(settings) else { return }
        try process.send(SIGTERM)
        if process.waitForExit(seconds: 10) { return }
        try process.send(SIGKILL)
        _ = process.waitForExit(seconds: 5)
    }

    private func spawn(readiness: Int32, log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o640)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_adddup2(&actions, readiness, Self.readinessDescriptor)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // POSIX_SPAWN_SETSID: a signal to this command's terminal must not reach it.
        posix_spawnattr_setflags(&attributes, 0x80)

        var arguments = ["kong", AdminProcess.verb, "--prefix", settings.prefix]
        arguments += ["--ready-descriptor", String(Self.readinessDescriptor)]
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, installation.executable, &actions, &attributes, &pointers, environ)
        guard code == 0 else {
            throw SystemError(code: code, action: "start the admin process (log \(log))").commandError
        }
        return pid
    }

    static let readinessDescriptor: Int32 = 3

    /// What the admin process says before it closes the pipe; nil when the time is over.
    private static func readMessage(from descriptor: Int32, seconds: Double) -> String? {
        let deadline = Date().addingTimeInterval(seconds)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = Int32(max(0, deadline.timeIntervalSinceNow * 1000))
            let count = poll(&entry, 1, left)
            if count == 0 { return nil }
            if count < 0, errno == EINTR { continue }
            let size = read(descriptor, &buffer, buffer.count)
            if size <= 0 { break }
            bytes += buffer[..<size]
        }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func size(of path: String) -> Int {
        var info = stat()
        return stat(path, &info) == 0 ? Int(info.st_size) : 0
    }

    private static func lastLine(of path: String, from offset: Int) -> String? {
        guard let bytes = try? Files.readBytes(path), bytes.count > offset else { return nil }
        return String(decoding: bytes[offset...], as: UTF8.self).split(separator: "\n").last.map(String.init)
    }
}
