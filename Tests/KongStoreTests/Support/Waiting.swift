import Foundation
import KongTesting
import Synchronization

/// Asks again and again until the answer is true, without keeping a thread.
///
/// Turns are counted, not seconds: beside tests that keep every thread which tasks run on, a minute may pass between two
/// of them, and what is waited for may need as many.
func waitUntil(_ what: String, _ condition: () async throws -> Bool) async throws {
    for _ in 0..<6000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw HarnessError("not within a minute: \(what)")
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
