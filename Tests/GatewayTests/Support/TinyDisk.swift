import Foundation
import KongTesting

/// A file system of a few megabytes, or one that cannot be written. Making one takes root.
final class TinyDisk: Sendable {
    let path: String
    private var filler: String { path + "/filler" }

    static var isPossible: Bool {
        guard let disk = try? TinyDisk(megabytes: 1) else { return false }
        disk.unmount()
        return true
    }

    /// - Parameter path: where it is mounted; a folder of its own by default.
    init(megabytes: Int, at path: String? = nil) throws {
        self.path = path ?? FileManager.default.temporaryDirectory.path + "/kong-disk-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
        let done = try Command.run(
            ["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=755", "tmpfs", self.path])
        guard done.status == 0 else { throw HarnessError(done.text) }
    }

    func fill() throws {
        _ = try Command.run(["dd", "if=/dev/zero", "of=\(filler)", "bs=64k"])
        // The last few kilobytes, too.
        _ = try Command.run(["dd", "if=/dev/zero", "of=\(filler)2", "bs=1k"])
    }

    func free() {
        unlink(filler)
        unlink(filler + "2")
    }

    func makeReadOnly() throws {
        let done = try Command.run(["mount", "-o", "remount,ro", path])
        guard done.status == 0 else { throw HarnessError(done.text) }
    }

    func unmount() {
        _ = try? Command.run(["umount", "-l", path])  // best effort: it is a temporary folder
        rmdir(path)
    }
}
