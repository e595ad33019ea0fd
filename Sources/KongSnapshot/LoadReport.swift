import Glibc

/// How workers tell the admin process which whole configuration they have loaded, and that a file is damaged: locks on
/// bytes of the file `workers`. The kernel lets go of them when a worker dies, and nobody has to be asked.
///
/// The byte numbered like the epoch: loaded. The byte numbered like the data file, far behind: that file is damaged.
///
/// POSIX locks go with any descriptor of the file, so a process opens it once and never closes it.
public final class LoadReport {
    private let descriptor: Int32
    private var held: UInt64?
    private var reported: off_t?

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
        lock(F_RDLCK, Self.place(of: epoch))
        if let held { lock(F_UNLCK, Self.place(of: held)) }
        held = epoch
    }

    /// This process met damage in the file.
    func damaged(_ file: FileIdentity) {
        let place = Self.place(of: file)
        guard reported != place else { return }
        sound()
        lock(F_RDLCK, place)
        reported = place
    }

    /// This process reads another file now.
    func sound() {
        if let reported { lock(F_UNLCK, reported) }
        reported = nil
    }

    private static let files: off_t = 1 << 62

    /// Epochs are seconds, or count from them.
    fileprivate static func place(of epoch: UInt64) -> off_t { min(off_t(clamping: epoch), files - 1) }

    /// A file keeps its number for as long as somebody maps it.
    fileprivate static func place(of file: FileIdentity) -> off_t { files | off_t(file.inode & UInt(files - 1)) }

    private func lock(_ type: Int32, _ place: off_t) {
        var range = flock()
        range.l_type = Int16(type)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = place
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

    private func isAnyOlder(than epoch: UInt64) -> Bool { isHeld(from: 0, count: LoadReport.place(of: epoch)) }

    /// Whether a process met damage in that file.
    func isDamaged(_ file: FileIdentity) -> Bool { isHeld(from: LoadReport.place(of: file), count: 1) }

    private func isHeld(from start: off_t, count: off_t) -> Bool {
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = start
        range.l_len = count
        return fcntl(descriptor, F_GETLK, &range) == 0 && range.l_type != Int16(F_UNLCK)
    }
}
