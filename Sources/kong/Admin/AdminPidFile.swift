import Foundation
import KongCore

/// `<prefix>/pids/admin.pid`, locked as long as the process lives: two admin
/// processes on one prefix would be two writers of one snapshot.
final class AdminPidFile {
    private let descriptor: Int32
    private let path: String

    init(_ settings: Settings) throws {
        path = settings.adminPidPath
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError.last("write \(path)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw CommandError("an admin process already runs in \(settings.prefix)")
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, write(descriptor, text, text.count) == text.count else {
            throw SystemError.last("write \(path)")
        }
    }

    func remove() { unlink(path) }
}
