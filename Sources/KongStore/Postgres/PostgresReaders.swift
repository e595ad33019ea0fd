import Foundation

/// A few threads with a connection each, on which blocking reads run.
final class PostgresReaders: @unchecked Sendable {  // `condition` guards `queue`, `idle` and `accepting`
    typealias Work = (PostgresConnection?, PostgresError?) -> Void

    private let settings: PostgresSettings
    private let monitor: PostgresMonitor
    private let turns: PostgresTurns
    private let condition = NSCondition()
    private var queue: [Work] = []
    private var idle = 0
    private var accepting = true

    init(_ settings: PostgresSettings, _ monitor: PostgresMonitor, _ turns: PostgresTurns) {
        self.settings = settings
        self.monitor = monitor
        self.turns = turns
        for number in 0..<max(1, settings.poolSize) {
            let thread = Thread { [self] in loop() }
            thread.name = "store reader \(number)"
            thread.start()
        }
    }

    func stop() {
        condition.withLock {
            accepting = false
            condition.broadcast()
        }
    }

    /// Runs `body` with a live connection; a read that met a dead one is tried again: all may have died at once.
    func run<T: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> T
    ) async throws -> T {
        for _ in 0..<settings.poolSize {
            do { return try await once(body) } catch let error as PostgresError where error.isConnectionLoss {
                continue
            }
        }
        return try await once(body)
    }

    private func once<T: Sendable>(_ body: @escaping @Sendable (PostgresConnection) throws -> T) async throws -> T {
        let (monitor, turns) = (monitor, turns)
        return try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
            let work: Work = { connection, error in
                guard let connection else {
                    return continuation.resume(throwing: error ?? PostgresError.connection("no connection"))
                }
                do { continuation.resume(returning: try turns.take { try body(connection) }) } catch {
                    if case .timeout = error as? PostgresError, let error = error as? PostgresError {
                        monitor.suspect(error)
                    }
                    continuation.resume(throwing: error)
                }
            }
            if let refusal = enqueue(work) { continuation.resume(throwing: refusal) }
        }
    }

    private func enqueue(_ work: @escaping Work) -> PostgresError? {
        condition.withLock {
            guard accepting else { return .connection("the store is shutting down") }
            if let backlog = settings.backlog, idle == 0, queue.count >= backlog {
                return .busy("too many reads wait for a connection (pg_backlog = \(backlog)): raise pg_pool_size")
            }
            queue.append(work)
            condition.signal()
            return nil
        }
    }

    private func loop() {
        var source = PostgresSource(settings, monitor)
        while let work = next(&source) {
            do { work(try source.connection(), nil) } catch { work(nil, error) }
        }
    }

    /// Waits for work; lets a connection go that nobody has needed for `pg_keepalive_timeout`.
    private func next(_ source: inout PostgresSource) -> Work? {
        condition.lock()
        defer { condition.unlock() }
        idle += 1
        defer { idle -= 1 }
        let keptUntil = settings.keepaliveMilliseconds.map { Date().addingTimeInterval(Double($0) / 1000) }
        while queue.isEmpty && accepting {
            guard let keptUntil, source.hasConnection else {
                condition.wait()
                continue
            }
            if !condition.wait(until: keptUntil), queue.isEmpty { source.drop() }
        }
        return queue.isEmpty ? nil : queue.removeFirst()
    }
}

/// One thread's connection, made when needed.
struct PostgresSource {
    private let settings: PostgresSettings
    private let monitor: PostgresMonitor
    private var current: PostgresConnection?

    init(_ settings: PostgresSettings, _ monitor: PostgresMonitor) {
        self.settings = settings
        self.monitor = monitor
    }

    var hasConnection: Bool { current != nil }

    /// - Throws: at once while the server is known to be away.
    mutating func connection() throws(PostgresError) -> PostgresConnection {
        try monitor.refuseWhileAway()
        if let current, !current.isClosed() { return current }
        current = nil
        do {
            let made = try PostgresConnection(settings)
            current = made
            return made
        } catch {
            monitor.suspect(error)
            throw error
        }
    }

    mutating func drop() { current = nil }
}

/// `pg_max_concurrent_queries`: how many may use the server at a time.
final class PostgresTurns: Sendable {
    private let semaphore: DispatchSemaphore?
    private let timeoutMilliseconds: Int

    init(_ settings: PostgresSettings) {
        semaphore = settings.concurrencyLimit.map { DispatchSemaphore(value: $0) }
        timeoutMilliseconds = settings.semaphoreTimeoutMilliseconds
    }

    func take<T>(_ body: () throws -> T) throws -> T {
        guard let semaphore else { return try body() }
        guard semaphore.wait(timeout: .now() + .milliseconds(timeoutMilliseconds)) == .success else {
            throw PostgresError.busy(
                "no turn at the database within \(timeoutMilliseconds) ms (pg_semaphore_timeout):"
                    + " raise pg_max_concurrent_queries")
        }
        defer { semaphore.signal() }
        return try body()
    }
}
