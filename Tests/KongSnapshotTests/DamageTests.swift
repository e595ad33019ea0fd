import Foundation
import KongCore
import Testing

@testable import KongSnapshot

@Suite("a snapshot file that is not as it was written")
struct DamageTests {
    private func bytes(_ path: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func overwrite(_ path: String, at offset: Int, with bytes: [UInt8]) throws {
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data(bytes))
        try file.close()
    }

    @Test("put away, then a bit flipped or cut anywhere: thrown away, never read")
    func putAway() throws {
        let folder = SnapshotFolder()
        try folder.open().sync()
        let whole = try bytes(folder.data)
        let mark = try bytes(folder.path + "/boot_id")
        var random = SplitMix(state: 7)
        for round in 0..<60 {
            var damaged = whole
            let place = round < 20 ? round * 13 : Int(random.next() % UInt64(whole.count))
            if round % 3 == 2 {
                damaged.removeSubrange(place...)
            } else {
                damaged[place] ^= 1 << UInt8(random.next() % 8)
            }
            try Data(damaged).write(to: URL(fileURLWithPath: folder.data))
            try Data(mark).write(to: URL(fileURLWithPath: folder.path + "/boot_id"))
            let writer = try SnapshotWriter(path: folder.path, mapSize: SnapshotFolder.mapSize)
            #expect(try writer.version() == nil, "byte \(place)")
            #expect(writer.isReplacement)
        }
    }

    /// Reads variants of a file from `first` on and notes the outcome of each, until all are read or one ends it.
    private static func examine(_ folder: String, from first: Int, count: Int) throws {
        let log = open(folder + "/outcomes", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        func note(_ text: String) {
            let line = Array((text + "\n").utf8)
            _ = write(log, line, line.count)
        }
        for number in first..<count {
            note("\(number) begun")
            do {
                try SnapshotVerification.check(path: "\(folder)/\(number)", mapSize: SnapshotFolder.mapSize)
            } catch {
                note("\(number) damaged")
                continue
            }
            // It passed, so everything has to be there.
            let reader = try SnapshotReader(path: "\(folder)/\(number)", mapSize: SnapshotFolder.mapSize)
            note("\(number) \(try reader.read { SnapshotFolder.contents($0) } == nil ? "WRONG" : "whole")")
        }
        note("end")
    }

    @Test("left by a killed process, then a bit flipped anywhere: it passes only with everything in it")
    func unclean() async throws {
        let base = NSTemporaryDirectory() + "snapshots-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: base) }
        let folder = SnapshotFolder()
        _ = try folder.open()
        let whole = try bytes(folder.data)
        var random = SplitMix(state: 11)
        let count = 120
        for number in 0..<count {
            var damaged = whole
            // The first is as it was; then headers of pages, where damage sends a reader astray, and anywhere.
            let page = Int(random.next() % UInt64(whole.count / 4096)) * 4096
            let place = number % 2 == 0 ? page + Int(random.next() % 64) : Int(random.next() % UInt64(whole.count))
            if number > 0 { damaged[place] ^= 1 << UInt8(random.next() % 8) }
            try FileManager.default.createDirectory(atPath: "\(base)/\(number)", withIntermediateDirectories: true)
            try Data(damaged).write(to: URL(fileURLWithPath: "\(base)/\(number)/data.mdb"))
        }
        var outcomes: [String] = []
        while outcomes.last != "end" {
            let begun = outcomes.last { $0.hasSuffix(" begun") }.flatMap { Int($0.split(separator: " ")[0]) }
            let next = begun.map { $0 + 1 } ?? 0
            let result = await #expect(processExitsWith: .failure, observing: []) {
                [base = base as String, next = next as Int, count = count as Int] in
                setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &noCore)
                alarm(20)
                try Self.examine(base, from: next, count: count)
                exit(7)
            }
            _ = result
            outcomes =
                (try? String(contentsOfFile: base + "/outcomes", encoding: .utf8))?
                .split(separator: "\n").map(String.init) ?? []
            let reached = outcomes.last { $0.hasSuffix(" begun") }.flatMap { Int($0.split(separator: " ")[0]) } ?? -1
            guard outcomes.last == "end" || reached >= next else { break }
        }
        #expect(outcomes.last == "end")
        #expect(outcomes.contains("0 whole"))
        #expect(outcomes.filter { $0.hasSuffix("WRONG") }.isEmpty)
        #expect(outcomes.count { $0.hasSuffix("damaged") } > 20)
    }

    @Test(
        "while it is in use: the next write finds out and everything is made anew in another file",
        arguments: ["header", "cut", "removed", "swapped", "condemned"])
    func inUse(how: String) throws {
        let folder = SnapshotFolder()
        let writer = try folder.open()
        #expect(writer.damage() == nil)
        try writer.stage([SnapshotFolder.service(3, name: "before")], version: 2).commit()
        #expect(writer.damage() == nil)
        switch how {
        case "header": try overwrite(folder.data, at: 4096 + 40, with: [0x5A])
        case "cut": #expect(truncate(folder.data, 8192) == 0)
        case "removed": #expect(unlink(folder.data) == 0)
        case "swapped":
            let other = SnapshotFolder()
            _ = try other.open()
            try Data(bytes(other.data)).write(to: URL(fileURLWithPath: folder.data), options: .atomic)
        default: writer.condemn("a child found damage")
        }
        #expect(writer.isDamaged())
        #expect(throws: SnapshotError.self) { try writer.stage([SnapshotFolder.service(3)], version: 3) }
        #expect(try writer.version() == nil)
        try SnapshotFolder.fill(writer, version: 3)
        #expect(writer.damage() == nil && writer.isReplacement)
        #expect(try writer.version() == 3)
        try SnapshotReader(writer.environment).read { #expect(SnapshotFolder.contents($0) != nil) }
        try writer.stage([SnapshotFolder.service(3, name: "after")], version: 4).commit()
    }

    @Test("a reader of the old file is told that there is another, and never takes an unfilled one")
    func replaced() throws {
        let folder = SnapshotFolder()
        try folder.open().sync()
        // Each file may be open once in a process: the reader has the first, the writer the second.
        let reader = try SnapshotReader(path: folder.path, mapSize: SnapshotFolder.mapSize)
        #expect(!reader.isReplaced)
        try overwrite(folder.path + "/boot_id", at: 0, with: Array("dirty".utf8))
        let writer = try SnapshotWriter(path: folder.path, mapSize: SnapshotFolder.mapSize)
        #expect(reader.isReplaced)
        #expect(throws: SnapshotError.self) { try SnapshotReader(writer.environment) }
        #expect(try reader.read { SnapshotFolder.contents($0) } != nil)
        try SnapshotFolder.fill(writer)
        #expect(try SnapshotReader(writer.environment).read { SnapshotFolder.contents($0) } != nil)
    }

    /// As a disk loses bits: the file's time does not tell.
    private func silently(_ path: String, _ change: () throws -> Void) throws {
        var before = stat()
        try #require(stat(path, &before) == 0)
        try change()
        var times = [before.st_atim, before.st_mtim]
        try #require(utimensat(AT_FDCWD, path, &times, 0) == 0)
    }

    @Test("a file that somebody else wrote to is damaged, whatever was written")
    func foreignWrite() throws {
        let folder = SnapshotFolder()
        let writer = try folder.open()
        try writer.stage([SnapshotFolder.service(3)], version: 2).commit()
        try writer.stage([SnapshotFolder.service(4)], version: 3).abort()
        try writer.setLogLevel(0)
        try writer.setLogLevel(7)
        #expect(writer.damage() == nil)
        // Beyond the grain of a file system's clock.
        usleep(20_000)
        try overwrite(folder.data, at: 4096 * 3 + 2000, with: [0])
        #expect(writer.damage()?.contains("somebody else") == true)
    }

    /// The number of services, and whether every credential that is found is the right one.
    private func look(_ view: SnapshotView) -> (services: Int, isRight: Bool) {
        var services = 0
        view.forEach("services") { _, _ in services += 1 }
        let isRight = (0..<SnapshotFolder.rows).allSatisfy { number in
            let key = Array("key-\(number)".utf8)
            let id = key.withUnsafeBufferPointer { view.find("keyauth_credentials", "key", $0) }
            // An index entry is trusted no further than the row that it leads to.
            guard let record = id.flatMap({ view.record("keyauth_credentials", $0) }) else { return true }
            return record["key"]?.stringValue?.hasPrefix("key-") == true
        }
        return (services, isRight)
    }

    @Test("a reader of a file that is damaged under it: every row, or an error; never the end of the process")
    func underReader() throws {
        let folder = SnapshotFolder()
        let writer = try folder.open()
        let reader = try SnapshotReader(writer.environment)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.data))
        let whole = try bytes(folder.data)
        #expect(try reader.read { look($0) } == (SnapshotFolder.rows, true))
        var random = SplitMix(state: 13)
        var refused = 0
        for round in 0..<400 {
            let pages = whole.count / 4096
            var places: [Int] = []
            for number in 0..<(round % 8 + 1) {
                let page = 2 + Int(random.next() % UInt64(pages - 2))
                places.append(page * 4096 + Int(random.next() % (number % 2 == 0 ? 64 : 4096)))
            }
            for place in places {
                try file.seek(toOffset: UInt64(place))
                try file.write(contentsOf: [whole[place] ^ 1 << UInt8(random.next() % 8)])
            }
            do {
                let found = try reader.read { look($0) }
                #expect(found == (SnapshotFolder.rows, true), "round \(round)")
            } catch is SnapshotError { refused += 1 }
            for place in places {
                try file.seek(toOffset: UInt64(place))
                try file.write(contentsOf: [whole[place]])
            }
        }
        #expect(refused > 50)
        #expect(try reader.read { look($0) } == (SnapshotFolder.rows, true))
        #expect(reader.hasMetDamage)
        // No page is there any more: every read is refused.
        try file.truncate(atOffset: 0)
        #expect(throws: SnapshotError.self) { try reader.read { SnapshotFolder.contents($0) } }
        #expect(reader.lastTransaction < 0)
    }

    @Test("a tree whose counts of pages are beyond all measure: the write is refused, not the process ended")
    func counts() throws {
        let folder = SnapshotFolder()
        let writer = try folder.open()
        // LMDB's record of a database: flags and length of its name, the name, 16 bytes, then the number of leaves.
        let mark: [UInt8] = [2, 0, 4, 0] + Array("rows".utf8)
        let content = try bytes(folder.data)
        let places = content.indices.dropLast(mark.count).filter { content[$0...].starts(with: mark) }
        #expect(!places.isEmpty)
        try silently(folder.data) {
            for place in places { try overwrite(folder.data, at: place + mark.count + 16 + 7, with: [0x7F]) }
        }
        #expect(throws: SnapshotError.self) { try writer.stage([SnapshotFolder.service(3)], version: 2) }
        #expect(writer.isDamaged())
        try SnapshotFolder.fill(writer, version: 3)
        let reader = try SnapshotReader(writer.environment)
        #expect(try reader.read { SnapshotFolder.contents($0) } != nil)
    }

    @Test("a damaged row fails the read that meets it, and no other")
    func row() throws {
        let folder = SnapshotFolder()
        let writer = try folder.open()
        let place = try #require(try bytes(folder.data).firstRange(of: Array("service-77".utf8))).lowerBound
        let reader = try SnapshotReader(writer.environment)
        let (bad, good) = (try #require(UUIDBytes(SnapshotFolder.id(1, 77).utf8)), UUIDBytes(high: 0, low: 0))
        #expect(try reader.read { $0.record("services", bad)?["name"] } == "service-77")
        try silently(folder.data) { try overwrite(folder.data, at: place + 3, with: [UInt8(ascii: "X")]) }
        #expect(throws: SnapshotError.self) { try reader.read { $0.record("services", bad) } }
        #expect(throws: SnapshotError.self) { try reader.read { view in view.forEach("services") { _, _ in } } }
        #expect(try reader.read { $0.record("services", good) } == nil)
        #expect(try reader.read { $0.isComplete("keyauth_credentials") })
        // The writer finds it where it would build on it.
        #expect(throws: SnapshotError.self) { try writer.stage([SnapshotFolder.service(77)], version: 2) }
        #expect(writer.isDamaged())
    }
}

nonisolated(unsafe) private var noCore = rlimit(rlim_cur: 0, rlim_max: 0)

extension [UInt8] {
    fileprivate func firstRange(of other: [UInt8]) -> Range<Int>? {
        guard let start = indices.first(where: { self[$0...].starts(with: other) }) else { return nil }
        return start..<start + other.count
    }
}
