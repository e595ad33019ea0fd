import Foundation

/// Runs a program to its end.
enum Command {
    struct Result {
        var status: Int32
        /// stdout and stderr, as they came.
        var output: String
    }

    static func run(_ path: String, _ arguments: [String]) throws(CommandError) -> Result {
        Console.debug("run \(([path] + arguments).joined(separator: " "))")
        // A file, not a pipe: a daemon keeps its end of a pipe open, and reading would never end.
        // (Foundation's Process waits for such an end too.)
        var name = Array("/tmp/kong-output-XXXXXX".utf8CString)
        let output = mkstemp(&name)
        guard output >= 0 else { throw SystemError.last("create a file in /tmp") }
        defer { close(output) }
        unlink(name)
        _ = fcntl(output, F_SETFD, FD_CLOEXEC)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        var pointers: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, path, &actions, nil, &pointers, environ)
        guard code == 0 else { throw SystemError(code: code, action: "run \(path)").commandError }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}

        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        lseek(output, 0, SEEK_SET)
        while true {
            let count = read(output, &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer[..<count]
        }
        return Result(status: ExitStatus.code(status), output: String(decoding: bytes, as: UTF8.self))
    }

    /// The first of the directories of PATH, then of `extra`, that holds it.
    static func find(_ name: String, before: [String] = [], extra: [String] = []) -> String? {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (before + path + extra).map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 && !Files.isDirectory($0) }
    }
}

/// What `waitpid` reports, as a shell would.
enum ExitStatus {
    static func code(_ status: Int32) -> Int32 {
        status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }
}
