import Foundation

/// File access with errors that name the path and the remedy.
enum Files {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isDirectory(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    static func readText(_ path: String) throws(CommandError) -> String {
        String(decoding: try readBytes(path), as: UTF8.self)
    }

    static func readBytes(_ path: String) throws(CommandError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError.last("read \(path)") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw SystemError.last("read \(path)")
            }
            bytes += buffer[..<count]
        }
    }

    /// Whole or not at all: written beside, synced, renamed.
    static func write(_ text: String, to path: String, mode: mode_t = 0o644) throws(CommandError) {
        let temporary = path + ".tmp"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw SystemError.last("write \(path)") }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = SystemError.last("write \(path)")
                close(descriptor)
                unlink(temporary)
                throw error
            }
            bytes = bytes.dropFirst(count)
        }
        // The umask may have taken bits away.
        fchmod(descriptor, mode)
        guard fsync(descriptor) == 0, close(descriptor) == 0, rename(temporary, path) == 0 else {
            let error = SystemError.last("write \(path)")
            unlink(temporary)
            throw error
        }
    }

    /// With its parents; an existing one keeps its mode.
    static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(CommandError) {
        try makeDirectory(path, mode: mode, for: path)
    }

    private static func makeDirectory(_ path: String, mode: mode_t, for whole: String) throws(CommandError) {
        if isDirectory(path) { return }
        let action = "create the directory \(whole)" + (path == whole ? "" : " (at \(path))")
        if exists(path) { throw SystemError(code: ENOTDIR, action: action).commandError }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeDirectory(String(path[..<slash]), mode: 0o755, for: whole)
        }
        guard mkdir(path, mode) == 0 || errno == EEXIST && isDirectory(path) else { throw SystemError.last(action) }
        chmod(path, mode)
    }

    static func names(in directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
    }

    static func isSocket(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFSOCK
    }
}
