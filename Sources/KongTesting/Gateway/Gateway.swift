import Foundation
import KongCore

/// A gateway under test: `kong start` in a temporary prefix, on free ports.
///
/// It is ended, and its folder removed, when the test process ends, whatever way that happens.
public final class Gateway: Sendable {
    public let folder: String
    public let proxyPort: Int
    public let http2Port: Int
    public let adminPort: Int
    public let environment: [String: String]
    private let workerCount: Int
    private let reaper: Reaper
    private let expected = Locked<Expectation>(Expectation())

    struct Expectation {
        var master: pid_t = 0
        var workers: [pid_t] = []
        var logOffset = 0
    }

    public var prefix: String { folder + "/prefix" }

    /// Prepares the folder and the environment; starts nothing.
    ///
    /// - Parameter settings: kong.conf names (`log_level`) and values; they win over the harness's own.
    public init(workers: Int = 2, settings: [String: String] = [:]) throws {
        let name = String(UUID().uuidString.prefix(8)).lowercased()
        folder = "\(FileManager.default.temporaryDirectory.path)/kong-test-\(name)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        workerCount = workers
        proxyPort = try Ports.free()
        http2Port = try Ports.free()
        adminPort = try Ports.free()
        var values = [
            "prefix": folder + "/prefix",
            "proxy_listen": "127.0.0.1:\(proxyPort) reuseport backlog=4096, 127.0.0.1:\(http2Port) http2 backlog=4096",
            "admin_listen": "127.0.0.1:\(adminPort)",
            "status_listen": "off", "admin_gui_listen": "off", "anonymous_reports": "off",
            "nginx_worker_processes": "\(workers)", "log_level": "notice",
        ]
        values.merge(settings) { _, given in given }
        environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("KONG_") }
            .merging(values.map { ("KONG_" + $0.key.uppercased(), $0.value) }) { _, ours in ours }
        reaper = try Reaper(folder: folder)
    }

    /// A started gateway that answers on both sides.
    public static func started(workers: Int = 2, settings: [String: String] = [:]) throws -> Gateway {
        let gateway = try Gateway(workers: workers, settings: settings)
        try gateway.start()
        return gateway
    }

    /// `kong start`, then waits for the Admin API and the workers.
    public func start(_ options: [String] = [], extra: [String: String] = [:]) throws {
        let done = try kong(["start"] + options, timeout: 60, extra: extra)
        guard done.status == 0 else { throw HarnessError("kong start: exit \(done.status): \(done.text)") }
        try eventually("the Admin API answers") { (try? admin("GET", "/status").status) == 200 }
        try eventually("\(workerCount) workers run") { workers.count == workerCount }
        accept()
    }

    /// `kong stop` and the end of the folder; what the log says is checked first.
    public func stop() throws {
        try verify()
        let done = try kong(["stop"])
        reaper.finish()
        guard done.status == 0 else { throw HarnessError("kong stop: exit \(done.status): \(done.text)") }
    }

    /// Ends it without a word: for gateways that a test has broken.
    public func discard() {
        reaper.finish()
    }

    /// Runs the command line against this gateway's prefix.
    @discardableResult
    public func kong(_ arguments: [String], timeout: Double = 60, extra: [String: String] = [:]) throws -> CommandResult
    {
        try Command.run(
            [Product.kong] + arguments, environment: environment.merging(extra) { $1 }, directory: folder,
            timeout: timeout)
    }

    // MARK: What must hold at the end of every test

    /// The present log and processes are as they should be: `verify` starts from here.
    public func accept() {
        expected.mutate {
            $0 = Expectation(master: masterPID ?? 0, workers: workers, logOffset: File.size(errorLog))
        }
    }

    /// - Throws: if a worker died or changed, or the log has a line that no test may leave.
    /// - Parameter workersChanged: the test itself ended workers (reload, kill): only that some run is checked.
    public func verify(workersChanged: Bool = false, allowing: [String] = []) throws {
        let now = workers
        let before = expected.value
        let bad = logLines(from: before.logOffset).filter { line in
            ErrorLog.isBad(line) && !allowing.contains { line.contains($0) }
        }
        if workersChanged { accept() }
        guard bad.isEmpty else { throw HarnessError("error log: " + bad.prefix(5).joined(separator: "\n")) }
        if workersChanged {
            guard !now.isEmpty else { throw HarnessError("no worker runs") }
        } else {
            guard now == before.workers else { throw HarnessError("workers were \(before.workers), are \(now)") }
        }
        guard let admin = adminPID, Processes.isAlive(admin) else { throw HarnessError("the admin process is dead") }
    }

    /// Runs a test's body and checks afterwards that nothing died.
    public func test(
        workersChanged: Bool = false, allowing: [String] = [], _ body: (Gateway) throws -> Void
    ) throws {
        try body(self)
        try verify(workersChanged: workersChanged, allowing: allowing)
    }
}
