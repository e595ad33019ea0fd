import Foundation
import KongCore

/// Has a child read the snapshot through, and says what became of it.
struct SnapshotExamination: Sendable {
    enum Verdict: Equatable {
        case sound
        case damaged(String)
        /// The child could not look: nothing is known.
        case unknown(String)
    }

    let settings: Settings

    /// A walk through damaged pages may never come to an end; this is ample for a million entities.
    private static let limitSeconds = 120.0

    func run() -> Verdict {
        let arguments = [
            "kong", SnapshotCheck.verb, settings.snapshotPath, "--map-size", String(settings.snapshotMapSizeBytes),
        ]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...1 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        // Ending by a signal is an answer here: nobody needs the seconds that a backtrace takes.
        var variables = ProcessInfo.processInfo.environment
        variables["SWIFT_BACKTRACE"] = "enable=no"
        var entries: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in pointers + entries { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/proc/self/exe", &actions, nil, &pointers, &entries)
        guard code == 0 else { return .unknown("cannot run \(SnapshotCheck.verb): \(String(cString: strerror(code)))") }
        return Self.verdict(on: pid)
    }

    private static func verdict(on child: pid_t) -> Verdict {
        let deadline = Date().addingTimeInterval(limitSeconds)
        var status: Int32 = 0
        while waitpid(child, &status, WNOHANG) == 0 {
            if Date() > deadline {
                kill(child, SIGKILL)
                waitpid(child, &status, 0)
                return .damaged("reading it through did not end")
            }
            usleep(5000)
        }
        let code = ExitStatus.code(status)
        switch code {
        case 0: return .sound
        case SnapshotCheck.damaged: return .damaged("reading it through found damage")
        case 128 + SIGSEGV, 128 + SIGBUS, 128 + SIGABRT, 128 + SIGILL, 128 + SIGTRAP, 128 + SIGFPE:
            return .damaged("reading it through ended with signal \(code - 128)")
        default: return .unknown("\(SnapshotCheck.verb) ended with status \(code)")
        }
    }
}
