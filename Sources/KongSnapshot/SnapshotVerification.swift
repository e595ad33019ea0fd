import CLMDB
import KongCore

/// Reads a snapshot through and compares it with the sums that its writer kept.
///
/// LMDB follows what stands in its pages: in a file damaged on purpose or by a disk that may end the process. So what
/// must not end runs this in a child.
public enum SnapshotVerification {
    /// - Throws: `SnapshotError`, which says what is wrong.
    public static func check(path: String, mapSize: Int) throws {
        let reader = try SnapshotReader(path: path, mapSize: mapSize)
        try reader.read { view in
            var expected: [[UInt8]: UInt64] = [:]
            view.forEachSum { expected[$0] = $1 }
            var found: [[UInt8]: UInt64] = [:]
            try view.addUp { name, sum in found[name, default: 0] &+= sum }
            for name in Set(expected.keys).union(found.keys) where expected[name] ?? 0 != found[name] ?? 0 {
                let words = String(decoding: name, as: UTF8.self).split(separator: "\0")
                throw SnapshotError.damaged("the \(words.joined(separator: " of ")) do not add up")
            }
        }
    }

    static func passes(path: String, mapSize: Int) -> Bool {
        do { try check(path: path, mapSize: mapSize) } catch { return false }
        return true
    }
}
