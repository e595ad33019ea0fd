import Foundation

extension Gateway {
    public var errorLog: String { prefix + "/logs/error.log" }
    public var adminLog: String { prefix + "/logs/admin_error.log" }

    public var masterPID: pid_t? { pid("nginx") }
    public var adminPID: pid_t? { pid("admin") }

    /// The workers that take requests now.
    public var workers: [pid_t] { masterPID.map(Processes.workers) ?? [] }

    public func logLines(from offset: Int = 0) -> [String] {
        guard let file = FileHandle(forReadingAtPath: errorLog) else { return [] }
        defer { try? file.close() }  // read only: nothing to lose
        guard (try? file.seek(toOffset: UInt64(offset))) != nil, let data = try? file.readToEnd() else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Which worker serves this connection; waits until it has been accepted.
    public func worker(of connection: Connection, port: Int? = nil) throws -> pid_t {
        try eventually("a worker accepts") {
            Processes.owner(ofConnectionFrom: connection.localPort, to: port ?? proxyPort, among: workers)
        }
    }

    /// A keep-alive connection to each worker.
    public func connectionToEachWorker() throws -> [pid_t: Connection] {
        var found: [pid_t: Connection] = [:]
        let wanted = Set(workers)
        for _ in 0..<300 where Set(found.keys) != wanted {
            let connection = try Connection(port: proxyPort)
            let worker = try worker(of: connection)
            if found[worker] == nil { found[worker] = connection }
        }
        guard Set(found.keys) == wanted else { throw HarnessError("no connection reaches some worker of \(wanted)") }
        return found
    }

    private func pid(_ name: String) -> pid_t? {
        let text = File.text("\(prefix)/pids/\(name).pid").trimmingCharacters(in: .whitespacesAndNewlines)
        return pid_t(text).flatMap { Processes.isAlive($0) ? $0 : nil }
    }
}

/// Lines that no test may leave in an error log unasked.
public enum ErrorLog {
    private static let marks = [
        "[alert]", "[emerg]", "[crit]", "AddressSanitizer", "ThreadSanitizer", "LeakSanitizer", "runtime error:",
        "Fatal error", "exited on signal",
    ]

    public static func isBad(_ line: String) -> Bool {
        marks.contains { line.contains($0) }
    }
}
