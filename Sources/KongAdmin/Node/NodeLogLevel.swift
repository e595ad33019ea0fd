import KongCore
import Synchronization

/// The level of the node's logs: the configured one, or another for a while.
public final class NodeLogLevel: Sendable {
    /// nginx's names in the order of its numbers, from 1.
    public static let names = ["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"]

    private struct State {
        var name: String
        var revert: Task<Void, Never>?
    }

    private let configured: String
    private let apply: @Sendable (_ level: String?) throws -> Void
    private let state: Mutex<State>

    /// - Parameter apply: makes a level that of every process of the node; nil is the configured one. May block.
    public init(configured: String, apply: @escaping @Sendable (_ level: String?) throws -> Void) {
        self.configured = configured
        self.apply = apply
        state = Mutex(State(name: configured))
    }

    public var current: String { state.withLock(\.name) }

    /// Puts a level into force.
    /// - Parameter seconds: how long; 0 goes back to the configured one at once.
    public func set(_ name: String, for seconds: Int) async throws {
        let level = seconds > 0 ? name : configured
        try await run(level == configured ? nil : level)
        let revert = seconds > 0 && level != configured ? self.revert(after: seconds) : nil
        state.withLock { state in
            state.revert?.cancel()
            state = State(name: level, revert: revert)
        }
    }

    private func revert(after seconds: Int) -> Task<Void, Never> {
        Task {
            do {
                try await Task.sleep(for: .seconds(seconds))
                try await run(nil)
            } catch {
                return  // Another level took its place, or the next change tries again.
            }
            state.withLock { state in
                if !Task.isCancelled { state.name = configured }
            }
        }
    }

    private func run(_ level: String?) async throws {
        try await blocking { [apply] in try apply(level) }
    }
}
