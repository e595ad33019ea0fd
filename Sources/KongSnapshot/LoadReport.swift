import Glibc

/// How workers tell the admin process which whole configuration they have loaded: a lock on the byte of the file
/// `workers` that is numbered like the epoch. The kernel lets go of it when a worker dies, and nobody has to be asked.
///
/// POSIX locks go with any descriptor of the file, so a process opens it once and never closes it.
public final class LoadReport {
    private let descriptor: Int32
    private var held: UInt64?

    /// nil where there is no such file: then nobody waits.
    public init?(path: String) {
        descriptor = open("\(path)/workers", O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
        // Before the first load: whoever waits, waits for this one too.
        loaded(epoch: 1)
    }

    deinit { close(descriptor) }

    /// From now on this process serves nothing older.
    public func loaded(epoch: UInt64) {
        guard held != epoch else { return }
        Self.lock(descriptor, Int16(F_RDLCK), epoch)
        if let held { Self.lock(descriptor, Int16(F_UNLCK), held) }
        held = epoch
    }

    private static func lock(_ descriptor: Int32, _ type: Int16, _ epoch: UInt64) {
        var range = flock()
        range.l_type = type
        range.l_whence = Int16(SEEK_SET)
        range.l_start = off_t(clamping: epoch)
        range.l_len = 1
        // It can fail only for want of kernel memory; then the admin process waits a little less or more.
        _ = fcntl(descriptor, F_SETLK, &range)
    }
}

/// The admin process's side.
final class LoadWatch {
    private let descriptor: Int32

    init(path: String) {
        descriptor = open("\(path)/workers", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Waits until no process serves an older configuration. False when `seconds` passed before.
    func waitForAll(epoch: UInt64, seconds: Double) -> Bool {
        guard descriptor >= 0 else { return true }
        for _ in 0..<Int(seconds * 500) {
            if !isAnyOlder(than: epoch) { return true }
            usleep(2000)
        }
        return !isAnyOlder(than: epoch)
    }

    private func isAnyOlder(than epoch: UInt64) -> Bool {
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = 0
        range.l_len = off_t(clamping: epoch)
        return fcntl(descriptor, F_GETLK, &range) == 0 && range.l_type != Int16(F_UNLCK)
    }
}
