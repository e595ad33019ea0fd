import Foundation
import KongCore

/// The directory that a node runs in: what is there, and making it.
struct Prefix {
    let settings: Settings
    var path: String { settings.prefix }

    /// Directories, default certificates, DH parameters. Files that exist are kept.
    func prepare() throws {
        try Files.makeDirectory(path)
        guard Files.isDirectory(path), access(path, W_OK) == 0 else {
            throw SystemError.last("write to the prefix \(path)")
        }
        try checkWorkersCanEnter()
        for name in ["pids", "logs"] { try Files.makeDirectory("\(path)/\(name)") }
        // Whoever can open the node socket can change log levels: the one who starts the node, nobody else.
        try Files.makeDirectory("\(path)/sockets", mode: 0o700)
        try Files.makeDirectory("\(path)/ssl", mode: 0o700)
        try prepareSnapshotDirectory()
        try Certificates(settings: settings).prepare()
    }

    /// Workers open the snapshot as their own account, so they must get through every folder above it.
    private func checkWorkersCanEnter() throws {
        guard getuid() == 0 else { return }
        let account = WorkerAccount.resolve(settings)
        guard account.user != 0 else { return }
        var folder = ""
        for part in path.split(separator: "/") {
            folder += "/" + part
            var info = stat()
            guard stat(folder, &info) == 0 else { continue }
            let bit: mode_t = info.st_uid == account.user ? 0o100 : info.st_gid == account.group ? 0o010 : 0o001
            guard info.st_mode & bit == 0 else { continue }
            throw CommandError(
                "nginx's workers (uid \(account.user)) cannot enter \(folder), so they could not read \(path)/snapshot; "
                    + "choose another prefix (-p DIR or KONG_PREFIX), open it (chmod o+x \(folder)), or run the workers "
                    + "as its owner (nginx_user)")
        }
    }

    /// Workers may read the snapshot; others may not. They get in by their group.
    private func prepareSnapshotDirectory() throws {
        let directory = settings.snapshotPath
        try Files.makeDirectory(directory, mode: 0o750)
        guard getuid() == 0 else { return }
        guard chown(directory, getuid(), WorkerAccount.resolve(settings).group) == 0 else {
            throw SystemError.last("give \(directory) to the workers' group")
        }
        chmod(directory, 0o2750)
    }

    /// After the snapshot exists: its data are the workers' to read, its lock table theirs to write.
    func shareSnapshot() throws {
        let group = WorkerAccount.resolve(settings).group
        for (name, mode) in [("data.mdb", mode_t(0o640)), ("lock.mdb", mode_t(0o660))] {
            let file = "\(settings.snapshotPath)/\(name)"
            guard Files.exists(file) else { continue }
            if getuid() == 0, chown(file, getuid(), group) != 0 {
                throw SystemError.last("give \(file) to the workers' group")
            }
            if chmod(file, mode) != 0 { throw SystemError.last("set the mode of \(file)") }
        }
    }

    /// Sockets that an unclean stop left behind would keep nginx from binding.
    func removeDanglingSockets() {
        let directory = path + "/sockets"
        for name in Files.names(in: directory) where Files.isSocket("\(directory)/\(name)") {
            Console.warn("found dangling socket \(directory)/\(name), removing it")
            unlink("\(directory)/\(name)")
        }
    }

    /// Held while a command changes the prefix, so that two never do at once.
    func lock() throws -> PrefixLock {
        let file = path + "/.lock"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError.last("write \(file)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw CommandError("another kong command is working on \(path): wait for it and try again")
        }
        return PrefixLock(descriptor: descriptor)
    }
}

final class PrefixLock {
    private let descriptor: Int32
    init(descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }
}
