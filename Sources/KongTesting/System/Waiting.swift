import Foundation

/// Asks again and again until the answer is true; the tests' only way to wait. The bound is for a machine that is busy
/// with other things: who wants to say how long something may take measures it.
///
/// - Throws: `HarnessError` naming `what` when `seconds` have passed.
public func eventually(_ what: String, within seconds: Double = 30, _ condition: () throws -> Bool) throws {
    let end = Clock.now + seconds
    while true {
        if try condition() { return }
        if Clock.now > end { throw HarnessError("not within \(seconds) s: \(what)") }
        usleep(5000)
    }
}

/// Asks until there is a value.
public func eventually<Value>(
    _ what: String, within seconds: Double = 30, value: () throws -> Value?
) throws -> Value {
    var found: Value?
    try eventually(what, within: seconds) {
        found = try value()
        return found != nil
    }
    guard let found else { throw HarnessError(what) }
    return found
}

/// Seconds that only go forward.
public enum Clock {
    public static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Runs `body` on `count` threads at once and waits for all; the first error is thrown.
public func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
    let group = DispatchGroup()
    let failure = Locked<(any Error)?>(nil)
    for index in 0..<count {
        group.enter()
        Thread.detachNewThread {
            defer { group.leave() }
            do { try body(index) } catch { failure.mutate { if $0 == nil { $0 = error } } }
        }
    }
    group.wait()
    if let error = failure.value { throw error }
}

/// A value behind a lock.
public final class Locked<Value>: @unchecked Sendable {
    // Every access goes through `lock`.
    private var stored: Value
    private let lock = NSLock()

    public init(_ value: Value) {
        stored = value
    }

    public var value: Value {
        lock.withLock { stored }
    }

    @discardableResult
    public func mutate<Result>(_ change: (inout Value) throws -> Result) rethrows -> Result {
        try lock.withLock { try change(&stored) }
    }
}

/// Work that goes on behind a test until it is told to stop.
public final class Background: Sendable {
    private let stopping = Locked(false)
    private let failure = Locked<(any Error)?>(nil)
    private let group = DispatchGroup()

    /// Repeats `body` on `threads` threads until `stop`; an error ends that thread and is thrown by `stop`.
    public init(threads: Int = 1, _ body: @escaping @Sendable (Int) throws -> Void) {
        for index in 0..<threads {
            group.enter()
            Thread.detachNewThread { [self] in
                defer { group.leave() }
                do {
                    while !stopping.value { try body(index) }
                } catch {
                    failure.mutate { if $0 == nil { $0 = error } }
                }
            }
        }
    }

    public func stop() throws {
        stopping.mutate { $0 = true }
        group.wait()
        if let error = failure.value { throw error }
    }
}
