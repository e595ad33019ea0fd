import Foundation
import KongTesting

/// A file system on a file, which fails when it is told to. Making one takes root and a loop device.
final class LoopDisk: Sendable {
    let path: String
    private let image: String

    static let isPossible: Bool = {
        let folder = FileManager.default.temporaryDirectory.path + "/kong-loop-\(UUID().uuidString.prefix(8))"
        defer { rmdir(folder) }
        guard let disk = try? LoopDisk(megabytes: 8, at: folder) else { return false }
        defer { disk.remove() }
        return (try? disk.fail()) != nil && (try? disk.repair()) != nil
    }()

    /// - Parameter path: where it is mounted.
    init(megabytes: Int, at path: String) throws {
        self.path = path
        image = path + ".img"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Self.run("truncate", "-s", "\(megabytes)M", image)
        do {
            try Self.run("/sbin/mkfs.ext4", "-q", "-F", image)
            try mount()
        } catch {
            unlink(image)
            throw error
        }
    }

    /// What a disk does whose writes fail: from now on it can be read only, whatever is open.
    func fail() throws { try Self.run("mount", "-o", "remount,abort", path) }

    /// As an administrator would: taken out of use, mended, taken into use again. Nobody may have a file open on it.
    func repair() throws {
        // A process that has ended may hold its files for a moment.
        try eventually("nobody uses \(path)") { (try? Self.run("umount", path)) != nil }
        // 1 says that it was mended.
        let done = try Command.run(["/sbin/e2fsck", "-fy", image])
        guard done.status <= 1 else { throw HarnessError("e2fsck: \(done.text)") }
        try mount()
    }

    func remove() {
        _ = try? Command.run(["umount", "-l", path])  // best effort: it is a temporary folder
        unlink(image)
        rmdir(path)
    }

    private func mount() throws { try Self.run("mount", "-t", "ext4", "-o", "loop", image, path) }

    private static func run(_ command: String...) throws {
        let done = try Command.run(command)
        guard done.status == 0 else { throw HarnessError("\(command.joined(separator: " ")): \(done.text)") }
    }
}
