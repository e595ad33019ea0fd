import Foundation

/// Knows whether the server answers. While it does not, the monitor alone tries to connect, ever more slowly, and
/// everybody else is refused at once instead of waiting for the same timeout.
///
/// Its connection also listens for what other nodes write; a lost one is made up for by asking.
final class PostgresMonitor: @unchecked Sendable {  // `condition` guards every variable
    /// Checks the database behind a new connection before anybody may use it.
    typealias Check = (PostgresConnection) throws(PostgresError) -> Void

    private let settings: PostgresSettings
    private let check: Check
    private let report: @Sendable (StoreEvent) -> Void
    private let condition = NSCondition()
    /// Why nobody may use the server now.
    private var away: PostgresError?
    /// Somebody met a dead server after the monitor's last look at it.
    private var isSuspected = false
    private var hasStarted = false
    private var hasStopped = false
    private var changed: (@Sendable () -> Void)?
    /// The server's process of this node's own writes.
    private var writer = 0

    private static let firstPause = 0.1
    private static let longestPause = 2.0
    /// So many connections in a row may end while they are looked at before the server counts as away.
    private static let mostStumbles = 5
    /// How long a suspicion or the end may go unnoticed.
    private static let lookMilliseconds = 100

    init(
        _ settings: PostgresSettings, report: @escaping @Sendable (StoreEvent) -> Void, check: @escaping Check
    ) {
        self.settings = settings
        self.report = report
        self.check = check
    }

    /// - Throws: why the server cannot be used, for as long as it is known to be away.
    func refuseWhileAway() throws(PostgresError) {
        if let away = condition.withLock({ away }) { throw away }
    }

    /// Somebody could not use the server: it counts as away until the monitor has reached it again.
    func suspect(_ error: PostgresError) {
        let isNews = condition.withLock {
            defer {
                away = away ?? error
                isSuspected = true
            }
            return away == nil && !hasStopped
        }
        if isNews { report(.away(error.description)) }
        start()
    }

    func writes(by process: Int) { condition.withLock { writer = process } }

    /// Calls `changed` when other nodes may have written, from now on.
    func observe(_ changed: @escaping @Sendable () -> Void) {
        condition.withLock { self.changed = changed }
        start()
    }

    func stop() {
        condition.withLock {
            hasStopped = true
            condition.broadcast()
        }
    }

    private func start() {
        let isFirst = condition.withLock {
            defer { hasStarted = true }
            return !hasStarted && !hasStopped
        }
        guard isFirst else { return }
        let thread = Thread { [self] in run() }
        thread.name = "store monitor"
        thread.start()
    }

    private func run() {
        var pause = Self.firstPause
        var stumbles = 0
        while !condition.withLock({ hasStopped }) {
            var isConnected = false
            do {
                condition.withLock { isSuspected = false }
                let connection = try PostgresConnection(settings)
                isConnected = true
                try check(connection)
                try connection.query("LISTEN kong_changes")
                welcome()
                pause = Self.firstPause
                stumbles = 0
                // What was written before we listened.
                notify()
                // A connection that is lost is not news: the server may well take the next one.
                try? follow(connection)
            } catch {
                // One connection that ends while it is looked at says nothing about the next.
                if isConnected, stumbles < Self.mostStumbles, error.isConnectionLoss, !error.isTimeout {
                    stumbles += 1
                    continue
                }
                keepAway(error)
                wait(seconds: pause)
                pause = min(Self.longestPause, pause * 2)
            }
        }
    }

    /// Returns when the server has to be looked at again.
    private func follow(_ connection: PostgresConnection) throws(PostgresError) {
        var asked = ContinuousClock.now
        while !condition.withLock({ hasStopped || isSuspected }) {
            let senders = try connection.awaitNotification(milliseconds: Self.lookMilliseconds)
            // What this node wrote it knows.
            let own = condition.withLock { writer }
            let isNotified = senders.contains { $0 != own }
            let isDue = asked.duration(to: .now) > .seconds(settings.pollSeconds)
            // A server that died silently is found by asking it.
            if isDue { try connection.query("SELECT 1") }
            guard isNotified || isDue else { continue }
            asked = .now
            notify()
        }
    }

    private func notify() { condition.withLock { changed }?() }

    private func welcome() {
        let isNews = condition.withLock {
            // A suspicion that came while we connected is looked into first.
            if isSuspected { return false }
            defer { away = nil }
            return away != nil
        }
        if isNews { report(.back("Postgres at \(settings.place) is reachable again")) }
    }

    private func keepAway(_ error: PostgresError) {
        let isNews = condition.withLock {
            defer { away = error }
            return away?.description != error.description && !hasStopped
        }
        if isNews { report(.away(error.description)) }
    }

    private func wait(seconds: Double) {
        let end = Date().addingTimeInterval(seconds)
        condition.withLock {
            while !hasStopped, condition.wait(until: end) {}
        }
    }
}
