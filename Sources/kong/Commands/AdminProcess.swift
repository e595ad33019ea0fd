import ArgumentParser
import Foundation
import KongCore

/// The admin process itself, in the foreground. `kong start` runs it.
struct AdminProcess: AsyncParsableCommand {
    static let verb = "admin-process"
    static let configuration = CommandConfiguration(
        commandName: verb, abstract: "Run the admin process in the foreground.", shouldDisplay: false)

    @OptionGroup var prefix: PrefixOption

    @Option(name: .customLong("ready-descriptor"), help: "Where to say `ready`, or why not.")
    var readyDescriptor: Int32?

    func run() async throws {
        // What the process writes is the node's own: the store, its journal, logs.
        umask(0o027)
        // A limit of file sizes is an error of the write that meets it, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        let readiness = Readiness(descriptor: readyDescriptor)
        do {
            let settings = try SettingsSource.running(prefix: prefix.prefix)
            let pidFile = try AdminPidFile(settings)
            defer { pidFile.remove() }
            try await AdminNode(settings).run(readiness: readiness)
        } catch {
            let message = Self.message(error)
            readiness.tell(message)
            throw CommandError(message)
        }
    }
}

extension AdminProcess {
    /// One line for whoever started the node.
    private static func message(_ error: any Error) -> String {
        switch error {
        case let error as DataError: error.message
        default: "\(error)"
        }
    }
}

/// Tells `kong start`, once, how the start went.
final class Readiness: @unchecked Sendable {
    // `descriptor` is guarded by `lock`.
    private let lock = NSLock()
    private var descriptor: Int32?

    init(descriptor: Int32?) {
        self.descriptor = descriptor
        if let descriptor { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        signal(SIGPIPE, SIG_IGN)
    }

    func tell(_ message: String) {
        lock.lock()
        defer { lock.unlock() }
        guard let descriptor else { return }
        let bytes = Array(message.utf8)
        _ = write(descriptor, bytes, bytes.count)
        close(descriptor)
        self.descriptor = nil
    }
}
