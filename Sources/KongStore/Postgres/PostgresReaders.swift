import Foundation

/// A few threads with a connection each, on which blocking reads run.
final class PostgresReaders: @unchecked Sendable {  // `condition` guards `queue` and `accepting`
    typealias Work = (PostgresConnection?, PostgresError?) -> Void

    private let settings: PostgresSettings
    private let condition = NSCondition()
    private var queue: [Work] = []
    private var accepting = true

    init(_ settings: PostgresSettings) {
        self.settings = settings
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

    /// Runs `body` with a live connection; a read that met a dead one is tried once more with a new one.
    func run<T: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> T
    ) async throws -> T {
        do { return try await once(body) } catch let error as PostgresError where error.isConnectionLoss {
            return try await once(body)
        }
    }

    private func once<T: Sendable>(_ body: @escaping @Sendable (PostgresConnection) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
            let work: Work = { connection, error in
                guard let connection else {
                    return continuation.resume(throwing: error ?? PostgresError.connection("no connection"))
                }
                continuation.resume(with: Result { try body(connection) })
            }
            let taken = condition.withLock {
                if accepting {
                    queue.append(work)
                    condition.signal()
                }
                return accepting
            }
            if !taken { continuation.resume(throwing: PostgresError.connection("the store is shutting down")) }
        }
    }

    private func loop() {
        var source = PostgresSource(settings)
        while let work = next() {
            do { work(try source.connection(), nil) } catch { work(nil, error) }
        }
    }

    private func next() -> Work? {
        condition.lock()
        defer { condition.unlock() }
        while queue.isEmpty && accepting { condition.wait() }
        return queue.isEmpty ? nil : queue.removeFirst()
    }
}

/// One thread's connection, made when needed. After a failure it refuses at once for a while
/// instead of letting every client wait for the same timeout.
struct PostgresSource {
    private let settings: PostgresSettings
    private var current: PostgresConnection?
    private var failure: (error: PostgresError, until: ContinuousClock.Instant)?

    private static let pause = Duration.milliseconds(500)

    init(_ settings: PostgresSettings) {
        self.settings = settings
    }

    mutating func connection() throws(PostgresError) -> PostgresConnection {
        if let current, !current.isClosed() { return current }
        current = nil
        if let failure, failure.until > .now { throw failure.error }
        do {
            let made = try PostgresConnection(settings)
            current = made
            failure = nil
            return made
        } catch {
            failure = (error, .now + Self.pause)
            throw error
        }
    }
}
