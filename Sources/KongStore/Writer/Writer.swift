import Foundation
import KongCore

/// The one thread that writes: takes everything queued, gives each job a savepoint, commits once, then answers.
///
/// One durable commit for many clients is what makes writes cheap; nothing is answered before it.
final class Writer: @unchecked Sendable {  // `condition` guards `queue` and `accepting`; the rest is the thread's own
    let backend: any Backend
    let context: SchemaContext
    let sink: (any ChangeSink)?
    /// The version after our last batch; another one in the store means that somebody else wrote.
    var lastVersion: Int64?
    /// The sink does not hold what the store holds: it has to be built anew.
    var sinkIsBehind = false

    private let condition = NSCondition()
    private var queue: [Work] = []
    private var accepting = true

    private static let largestBatch = 512

    struct Job {
        let run: (WriteTransaction) throws -> Void
        let finish: @Sendable (DataError?) -> Void
    }

    private enum Work {
        case job(Job)
        /// Runs between batches.
        case alone(() -> Void)
    }

    init(backend: any Backend, context: SchemaContext, sink: (any ChangeSink)?) {
        self.backend = backend
        self.context = context
        self.sink = sink
        let thread = Thread { [self] in loop() }
        thread.name = "store writer"
        // Deep JSON is validated on this thread.
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Runs `body` in a batch; returns when its transaction is durable. `body` may run more than once.
    func submit<T: Sendable>(_ body: @escaping @Sendable (WriteTransaction) throws -> T) async throws(DataError) -> T {
        let box = Box<T>()
        let error = await withCheckedContinuation { (continuation: CheckedContinuation<DataError?, Never>) in
            let job = Job(run: { box.value = try body($0) }, finish: { continuation.resume(returning: $0) })
            if !enqueue(.job(job)) { continuation.resume(returning: Self.stopped) }
        }
        if let error { throw error }
        guard let value = box.value else { throw .database("a write ended without a result") }
        return value
    }

    /// Runs `body` between batches on the writer's thread, with no transaction of its own.
    func alone<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws(DataError) -> T {
        let result = await withCheckedContinuation {
            [backend] (continuation: CheckedContinuation<Result<T, DataError>, Never>) in
            let work = Work.alone {
                do { continuation.resume(returning: .success(try body())) } catch {
                    continuation.resume(returning: .failure(error as? DataError ?? backend.dataError(error)))
                }
            }
            if !enqueue(work) { continuation.resume(returning: .failure(Self.stopped)) }
        }
        return try result.get()
    }

    /// Refuses new work; what is queued is still done.
    func stop() {
        condition.withLock {
            accepting = false
            condition.signal()
        }
    }

    private static let stopped = DataError.unavailable("the store is shutting down")

    private func enqueue(_ work: Work) -> Bool {
        condition.withLock {
            guard accepting else { return false }
            queue.append(work)
            condition.signal()
            return true
        }
    }

    private func loop() {
        while let work = next() {
            if work.jobs.isEmpty { work.alone?() } else { process(work.jobs) }
        }
    }

    /// The jobs at the head of the queue, or the lonely work that stands there; nil when all is done.
    private func next() -> (jobs: [Job], alone: (() -> Void)?)? {
        condition.lock()
        defer { condition.unlock() }
        while queue.isEmpty && accepting { condition.wait() }
        var jobs: [Job] = []
        for work in queue.prefix(Self.largestBatch) {
            guard case .job(let job) = work else { break }
            jobs.append(job)
        }
        if !jobs.isEmpty {
            queue.removeFirst(jobs.count)
            return (jobs, nil)
        }
        guard !queue.isEmpty, case .alone(let body) = queue.removeFirst() else { return nil }
        return ([], body)
    }

    private func process(_ batch: [Job], attempts: Int = 3) {
        do {
            let errors = try commit(batch)
            for (job, error) in zip(batch, errors) { job.finish(error) }
        } catch {
            switch backend.outlook(error) {
            case .away: break
            case .retry where attempts > 1: return process(batch, attempts: attempts - 1)
            // One job may have failed all (a snapshot too small for it): the others deserve their own try.
            default: if batch.count > 1 { return batch.forEach { process([$0]) } }
            }
            let answer = error as? DataError ?? backend.dataError(error)
            for job in batch { job.finish(answer) }
        }
    }
}

/// Holds a result on its way from the writer's thread; written before and read after the continuation resumes.
private final class Box<T>: @unchecked Sendable {
    var value: T?
}
