import Foundation
import KongTesting
import Synchronization

/// Asks again and again until the answer is true, without keeping a thread; the bound is for a machine that is busy.
func waitUntil(
    _ what: String, within seconds: Double = 60, _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
        let isLast = ContinuousClock.now > end
        if try await condition() { return }
        if isLast { throw HarnessError("not within \(seconds) s: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// A door that blocking work stops at until the test opens it.
final class Gate: Sendable {
    private let passing = Mutex(0)
    private let door = DispatchSemaphore(value: 0)

    /// Waits here; for ever it does not, or a test that fails would hang.
    func pass() {
        passing.withLock { $0 += 1 }
        if door.wait(timeout: .now() + 120) == .success { door.signal() }
    }

    /// Returns when somebody stands at the door.
    func isReached() async throws {
        try await waitUntil("the gate is reached") { passing.withLock { $0 > 0 } }
    }

    /// For everybody, and for good.
    func open() { door.signal() }
}
