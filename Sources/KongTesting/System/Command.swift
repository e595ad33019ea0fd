import Foundation

/// A finished command.
public struct CommandResult: Sendable {
    public let status: Int32
    public let output: String
    public let errors: String

    /// Both streams, for messages.
    public var text: String { (output + errors).trimmingCharacters(in: .whitespacesAndNewlines) }
}

/// Runs commands. Output goes through files: daemons that a command leaves behind must not keep a pipe open.
public enum Command {
    public static func run(
        _ arguments: [String],
        environment: [String: String] = ProcessInfo.processInfo.environment,
        directory: String? = nil,
        timeout: Double = 60
    ) throws -> CommandResult {
        let base = NSTemporaryDirectory() + "/kong-command-\(UUID().uuidString)"
        let (out, err) = (base + ".out", base + ".err")
        defer {
            unlink(out)
            unlink(err)
        }
        let child = try spawn(arguments, environment: environment, directory: directory, output: out, errors: err)
        let status = try wait(child, arguments: arguments, timeout: timeout)
        return CommandResult(status: status, output: File.text(out), errors: File.text(err))
    }

    /// Starts a command and does not wait.
    public static func spawn(
        _ arguments: [String],
        environment: [String: String] = ProcessInfo.processInfo.environment,
        directory: String? = nil,
        input: Int32? = nil,
        output: String = "/dev/null",
        errors: String = "/dev/null"
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

        let inDirectory = directory.map { ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", $0] } ?? []
        let command = inDirectory + arguments
        var argv = command.map { strdup($0) } + [nil]
        var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child: pid_t = 0
        let code = Descriptors.lock.withLock { posix_spawnp(&child, command[0], &actions, &attributes, &argv, &envp) }
        guard code == 0 else { throw HarnessError("cannot run \(arguments[0]): \(String(cString: strerror(code)))") }
        return child
    }

    private static func wait(_ child: pid_t, arguments: [String], timeout: Double) throws -> Int32 {
        var status: Int32 = 0
        let end = Clock.now + timeout
        while waitpid(child, &status, WNOHANG) == 0 {
            if Clock.now > end {
                kill(child, SIGKILL)
                waitpid(child, &status, 0)
                throw HarnessError("not within \(timeout) s: \(arguments.joined(separator: " "))")
            }
            usleep(3000)
        }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }
}

/// Descriptors that no child may inherit are made under this lock, and children are started under it.
enum Descriptors {
    static let lock = NSLock()

    static func keepFromChildren(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
}

/// Whole files, and nothing when there is none. Read to the end: /proc says that its files are empty.
public enum File {
    public static func text(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var (bytes, chunk): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 65536))
        while case let count = read(descriptor, &chunk, chunk.count), count > 0 { bytes += chunk[0..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// False when it cannot be written.
    public static func write(_ text: String, to path: String) -> Bool {
        FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
    }

    public static func size(_ path: String) -> Int {
        var info = stat()
        return stat(path, &info) == 0 ? Int(info.st_size) : 0
    }

    /// What the file takes on disk: an LMDB file is sparse.
    public static func allocated(_ path: String) -> Int {
        var info = stat()
        return stat(path, &info) == 0 ? Int(info.st_blocks) * 512 : 0
    }
}
