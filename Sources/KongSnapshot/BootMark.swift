import Glibc

/// The file `boot_id` beside the data: how the last writer left them.
///
/// Writes are not synced one by one, so a file that outlived a power cut may be torn inside. While it is in use the
/// mark names the boot of the machine; a file that was put away carries its checksum.
struct BootMark {
    enum Verdict {
        /// There is no data file.
        case absent
        /// Byte for byte what was put away.
        case whole
        /// Left by a process of this boot that was killed: complete unless somebody else damaged it.
        case unknown
        case torn
    }

    private let path: String
    /// What the file says now.
    private var isInUse = false

    init(_ path: String) { self.path = path }

    var verdict: Verdict {
        var status = stat()
        guard stat("\(path)/data.mdb", &status) == 0 else { return .absent }
        guard status.st_size >= 8192, let mark = Self.contents("\(path)/boot_id") else { return .torn }
        let boot = Self.contents("/proc/sys/kernel/random/boot_id")
        if mark == boot { return .unknown }
        let words = mark.split(separator: UInt8(ascii: " ")).map { Array($0) }
        guard words.count == 4, words[0] == Array("clean".utf8) else { return .torn }
        // Untouched since, in the same boot: it need not be read through.
        if words[2] == Self.state(status), words[3] == boot { return .whole }
        return words[1] == Array(Checksum.ofFile("\(path)/data.mdb").utf8) ? .whole : .torn
    }

    private var cleanMark: [UInt8] {
        let sum = Array(Checksum.ofFile("\(path)/data.mdb").utf8)
        var status = stat()
        let state = stat("\(path)/data.mdb", &status) == 0 ? Self.state(status) : []
        let boot = Self.contents("/proc/sys/kernel/random/boot_id") ?? []
        return Array([Array("clean".utf8), sum, state, boot].joined(separator: [UInt8(ascii: " ")]))
    }

    /// Moves with whatever happens to the file, and cannot be set back.
    private static func state(_ status: stat) -> [UInt8] {
        Array("\(status.st_ino)-\(status.st_size)-\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)".utf8)
    }

    /// Before the first write: what is on the disk from now on is not what was put away.
    mutating func inUse() {
        if isInUse { return }
        isInUse = write(Self.contents("/proc/sys/kernel/random/boot_id") ?? [])
    }

    /// After the last write, when everything is on the disk.
    mutating func putAway() {
        isInUse = false
        _ = write(cleanMark)
    }

    /// False when the disk does not take it: the old mark must then not survive, it would vouch for other bytes.
    private func write(_ text: [UInt8]) -> Bool {
        guard let handle = fopen("\(path)/boot_id", "w") else {
            unlink("\(path)/boot_id")
            return false
        }
        let count = fwrite(text, 1, text.count, handle)
        return fclose(handle) == 0 && count == text.count
    }

    private static func contents(_ file: String) -> [UInt8]? {
        guard let handle = fopen(file, "r") else { return nil }
        defer { fclose(handle) }
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = fread(&buffer, 1, buffer.count, handle)
        return Array(buffer.prefix(count))
    }
}
