import Foundation
import Synchronization

/// What the command line says, and how loudly.
enum Console {
    enum Verbosity: Int, Comparable {
        case normal, verbose, debug
        static func < (a: Verbosity, b: Verbosity) -> Bool { a.rawValue < b.rawValue }
    }

    private static let level = Mutex(Verbosity.normal)
    static var verbosity: Verbosity { level.withLock { $0 } }

    /// `-v`, `--v`, `-vv`, `--vv` are accepted anywhere, as Kong does.
    static func takeVerbosity(_ arguments: [String]) -> [String] {
        arguments.filter { argument in
            switch argument {
            case "-v", "--v": level.withLock { $0 = max($0, .verbose) }
            case "-vv", "--vv": level.withLock { $0 = .debug }
            default: return true
            }
            return false
        }
    }

    static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
    static func printError(_ text: String) { write(text + "\n", to: STDERR_FILENO) }
    /// On a terminal in one line that is overwritten; in a log a line now and then.
    static func progress(_ text: String, onTerminal: Bool, isLast: Bool) {
        write(onTerminal ? "\r\(text)\(isLast ? "\n" : "")" : text + "\n", to: STDERR_FILENO)
    }

    static func warn(_ text: String) { printError("[warn] " + text) }
    static func verbose(_ text: @autoclosure () -> String) {
        if verbosity >= .verbose { printError("[verbose] " + text()) }
    }
    static func debug(_ text: @autoclosure () -> String) { if verbosity >= .debug { printError("[debug] " + text()) } }

    /// Kong's form: the message, then how to learn more.
    static func report(_ error: CommandError) {
        printError("Error: \(error.message)")
        if let detail = error.detail, verbosity > .normal { printError(detail) }
        if verbosity == .normal { printError("\n  Run with --v (verbose) or --vv (debug) for more details") }
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// Ends the process. The one place that does.
func leave(_ code: Int32) -> Never { exit(code) }

/// A failure to report: what happened and what to do about it, in one line.
struct CommandError: Error, CustomStringConvertible {
    var message: String
    /// Shown with -v.
    var detail: String?

    init(_ message: String, detail: String? = nil) {
        self.message = message
        self.detail = detail
    }

    var description: String { message }
}
