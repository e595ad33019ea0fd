import Foundation

/// `<store>-seal`: the number of the last acknowledged change, outside of the database and its journal.
///
/// SQLite drops the rest of a journal whose middle is damaged, and takes a lost one for an empty one: the store would
/// go back in time without a word. Written after every commit, so it never promises more than the store held; not
/// synced, so after a power cut it may promise less.
final class SQLiteSeal: Sendable {
    private let descriptor: Int32

    static func path(_ store: String) -> String { store + "-seal" }

    private static let mark: UInt64 = 0x4B6F_6E67_5365_616C
    private static let slotSize = 24

    /// Opens it, or makes it with room for both slots.
    /// - Throws: `SQLiteError.cannotOpen`.
    init(store: String) throws {
        let path = Self.path(store)
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SQLiteError.cannotOpen(path: path, detail: String(cString: strerror(errno)))
        }
        var status = stat()
        let size = Self.slotSize * 2
        guard fstat(descriptor, &status) == 0, status.st_size < size else { return }
        let zeros = [UInt8](repeating: 0, count: size)
        guard pwrite(descriptor, zeros, size, 0) == size else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw SQLiteError.cannotOpen(path: path, detail: reason)
        }
    }

    deinit { close(descriptor) }

    /// A write that is cut short spoils one slot at most.
    func record(_ version: Int64) {
        let version = UInt64(bitPattern: version)
        let words = [Self.mark, version, Self.sum(version)].map(\.littleEndian)
        // In place, so no disk is too full for it; a failure leaves an older promise, which is still true.
        _ = words.withUnsafeBytes {
            pwrite(descriptor, $0.baseAddress, $0.count, off_t(version % 2) * off_t(Self.slotSize))
        }
    }

    /// The highest change that was sealed on the store that `version` is of; nil where there is none.
    func sealed(likeVersion version: Int64) -> Int64? {
        var words = [UInt64](repeating: 0, count: 6)
        let count = words.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count == Self.slotSize * 2 else { return nil }
        return [0, 3].compactMap { slot -> Int64? in
            let (mark, number) = (UInt64(littleEndian: words[slot]), UInt64(littleEndian: words[slot + 1]))
            guard mark == Self.mark, UInt64(littleEndian: words[slot + 2]) == Self.sum(number) else { return nil }
            // A store's numbers start at a random multiple of 2^32: others are another store's.
            let version64 = UInt64(bitPattern: version)
            return number >> 32 == version64 >> 32 ? Int64(bitPattern: number) : nil
        }.max()
    }

    func sync() { fsync(descriptor) }

    private static func sum(_ version: UInt64) -> UInt64 {
        (version ^ mark) &* 0x9E37_79B9_7F4A_7C15
    }
}
