import Foundation

/// Runs work that takes seconds on a thread of its own, so that the few which all tests share stay free for the others.
///
/// Expectations belong after it: on another thread they are nobody's.
func onOwnThread<Outcome: Sendable>(_ body: @escaping @Sendable () throws -> Outcome) async throws -> Outcome {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
