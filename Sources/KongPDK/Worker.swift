/// The nginx worker's loop as a global actor: everything a plugin does happens here, on one thread, so that the
/// compiler proves that plugin code needs no locks.
@globalActor
public actor Worker {
    public static let shared = Worker()

    public nonisolated var unownedExecutor: UnownedSerialExecutor { LoopExecutor.shared.asUnownedSerialExecutor() }
}

/// The executor behind `Worker`: a queue that the loop drains in its next iteration.
///
/// A job is only ever posted, never run inline: running it inside `enqueue` would re-enter the caller.
public final class LoopExecutor: SerialExecutor, @unchecked Sendable {
    // `local` belongs to the loop's thread; `foreign` is guarded by `lock`.
    public static let shared = LoopExecutor()

    private var local: [UnownedJob] = []
    private var foreign: [UnownedJob] = []
    private let lock = SpinLock()
    private var loop: UInt = 0
    private var post: @Sendable () -> Void = {}
    private var wake: @Sendable () -> Void = {}

    /// Binds the executor to the calling thread.
    /// - Parameters:
    ///   - post: asks the loop, from its own thread, to call `drain` in its next iteration.
    ///   - wake: the same from any other thread.
    public func bind(post: @escaping @Sendable () -> Void, wake: @escaping @Sendable () -> Void) {
        loop = currentThread()
        self.post = post
        self.wake = wake
    }

    public var isOnLoop: Bool { loop == currentThread() }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isOnLoop {
            local.append(job)
            if local.count == 1 { post() }
        } else {
            lock.lock()
            foreign.append(job)
            lock.unlock()
            wake()
        }
    }

    /// Runs what was queued before the call; what these jobs queue waits for the next iteration.
    public func drain() {
        lock.lock()
        let arrived = foreign
        foreign.removeAll()
        lock.unlock()
        let jobs = local + arrived
        local.removeAll()
        for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    public func isSameExclusiveExecutionContext(other: LoopExecutor) -> Bool { self === other }

    public func checkIsolated() { precondition(isOnLoop, "not on the worker's loop") }
}
