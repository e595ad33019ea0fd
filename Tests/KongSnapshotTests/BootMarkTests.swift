import Foundation
import KongCore
import Testing

@testable import KongSnapshot

@Suite("Trust in the snapshot's file")
struct BootMarkTests {
    /// A directory with a snapshot that was put away.
    private static func putAway() throws -> String {
        let path = SnapshotTests.temporary()
        let writer = try SnapshotWriter(path: path, mapSize: 16 << 20)
        try writer.rebuild(version: 7) { emit in
            try emit(SnapshotTests.service(UUID().uuidString.lowercased(), name: "a"))
        }
        try writer.sync()
        return path
    }

    private static func inAnotherBoot(_ path: String) throws {
        var words = try String(contentsOfFile: path + "/boot_id", encoding: .utf8).split(separator: " ")
        try #require(words.count == 4)
        words[3] = "00000000-0000-0000-0000-000000000000\n"
        try words.joined(separator: " ").write(toFile: path + "/boot_id", atomically: true, encoding: .utf8)
    }

    @Test("a file that was put away is believed, also when only its times moved, or in another boot")
    func untouched() throws {
        let path = try Self.putAway()
        #expect(BootMark(path).verdict == .whole)
        try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: path + "/data.mdb")
        #expect(BootMark(path).verdict == .whole)
        try Self.inAnotherBoot(path)
        #expect(BootMark(path).verdict == .whole)
    }

    @Test("a bit that flips in a file that was put away is noticed", arguments: [1, 4097, 9000, 12_500])
    func flipped(offset: UInt64) throws {
        let path = try Self.putAway()
        // Beyond the grain of a file system's clock.
        usleep(20_000)
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path + "/data.mdb"))
        try handle.seek(toOffset: offset)
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: [byte ^ 0x10])
        try handle.close()
        #expect(BootMark(path).verdict == .torn)
        try Self.inAnotherBoot(path)
        #expect(BootMark(path).verdict == .torn)
    }

    @Test("a whole file of another format is thrown away, not refused")
    func format() throws {
        let path = try Self.putAway()
        do {
            let writer = try SnapshotWriter(path: path, mapSize: 16 << 20)
            #expect(try writer.version() == 7)
            try writer.changeMeta { transaction in
                try transaction.setMeta("format", 1)
                return true
            }
            try writer.sync()
        }
        #expect(BootMark(path).verdict == .whole)
        let next = try SnapshotWriter(path: path, mapSize: 16 << 20)
        #expect(next.isReplacement)
        #expect(try next.version() == nil)
    }
}
