import Foundation

/// Runs a program with this process's terminal and signals, to its end.
struct ForegroundProcess {
    let path: String
    let arguments: [String]

    /// - Returns: Its exit status.
    func run() throws -> Int32 {
        var pointers: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, path, nil, nil, &pointers, environ)
        guard code == 0 else { throw SystemError(code: code, action: "start \(path)").commandError }
        let child = pid
        // Dispatch delivers signals outside of signal context, where forwarding is safe.
        let sources = [SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { kill(child, number) }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return ExitStatus.code(status)
    }
}
