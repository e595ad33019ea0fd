import CLMDB
import Glibc

/// The data file under an open environment, looked at with plain reads: a mapped page of a file that was cut short
/// would end the process.
struct SnapshotFile {
    private let path: String
    private let descriptor: Int32
    private let pageSize: Int
    private let mapSize: Int
    let identity: FileIdentity
    /// As our last commit left them.
    private var heads: [UInt8] = []
    private var bytes: off_t = 0
    /// When a write of ours last ended; nil while one is under way.
    private var written: timespec?
    /// Up to here the disk has promised room.
    private var reserved: off_t = 0

    /// LMDB's two meta pages carry their content in the first bytes.
    private static let headSize = 256
    /// Asked for at once, so that not every write asks.
    private static let step: off_t = 1 << 20

    init(_ environment: SnapshotEnvironment, path: String) throws {
        self.path = "\(path)/data.mdb"
        var file: mdb_filehandle_t = -1
        try check("open \(self.path)", mdb_env_get_fd(environment.env, &file))
        descriptor = file
        let size = environment.size
        pageSize = size.page
        mapSize = size.map
        guard let identity = FileIdentity(self.path) else { throw SnapshotError.from("open \(self.path)", errno) }
        self.identity = identity
        try remember(environment)
    }

    /// To be called after every commit: the only writer knows what must be there.
    mutating func remember(_ environment: SnapshotEnvironment) throws {
        guard let heads = readHeads() else { throw SnapshotError.damaged("\(path) cannot be read") }
        self.heads = heads
        var status = stat()
        fstat(descriptor, &status)
        // A file that was just made is not written out yet.
        bytes = environment.lastTransaction > 0 ? off_t(environment.size.used) : status.st_size
        written = status.st_mtim
    }

    /// To be called before anything is written: until `wrote` the file's time tells nothing.
    mutating func writes() { written = nil }

    /// To be called when a transaction is not committed: LMDB may have written pages of it all the same.
    mutating func wrote() {
        var status = stat()
        if fstat(descriptor, &status) == 0 { written = status.st_mtim }
    }

    /// What is wrong with the file; nil while it is where and as the last commit left it, as far as that is cheap
    /// to see.
    func damage() -> String? {
        var named = stat()
        guard stat(path, &named) == 0 else { return "\(path) is gone" }
        guard FileIdentity(named) == identity else { return "\(path) is another file than before" }
        if named.st_size < bytes { return "\(path) has \(named.st_size) bytes, \(bytes) expected" }
        if readHeads() != heads { return "\(path) has another header than was written" }
        // A disk that loses bits does not say so, but this catches everything that writes to it.
        if let written, named.st_mtim.tv_sec != written.tv_sec || named.st_mtim.tv_nsec != written.tv_nsec {
            return "\(path) was written to by somebody else"
        }
        return nil
    }

    /// Makes sure that there is room for `pages` more, on the disk and below the limit of file sizes, so that a commit
    /// cannot fail for want of it.
    mutating func reserve(pages: Int) throws {
        let end = min(bytes &+ off_t(pages &* pageSize), off_t(mapSize))
        // A promise says nothing of this limit, which may have been lowered since the last one.
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0, off_t(clamping: limit.rlim_cur) < end {
            throw SnapshotError.from("write \(path)", EFBIG)
        }
        guard end > reserved, end > bytes else { return }
        for wanted in [min(end + Self.step, off_t(mapSize)), end] {
            var code: Int32 = 0
            repeat { code = kng_reserve(descriptor, bytes, wanted - bytes) == 0 ? 0 : errno } while code == EINTR
            switch code {
            case 0:
                reserved = wanted
                return
            case ENOSPC, EDQUOT, EFBIG: continue
            // Not every file system can promise; then the commit finds out.
            default: return
            }
        }
        throw SnapshotError.from("write \(path)", ENOSPC)
    }

    private func readHeads() -> [UInt8]? {
        var heads = [UInt8](repeating: 0, count: Self.headSize * 2)
        let whole = heads.withUnsafeMutableBytes { buffer in
            (0..<2).allSatisfy { page in
                let place = buffer.baseAddress.map { $0 + page * Self.headSize }
                return pread(descriptor, place, Self.headSize, off_t(page * pageSize)) == Self.headSize
            }
        }
        return whole ? heads : nil
    }
}

/// Which file a name stands for.
struct FileIdentity: Equatable {
    private let device: UInt
    let inode: UInt

    init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
    }

    /// nil when there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}
