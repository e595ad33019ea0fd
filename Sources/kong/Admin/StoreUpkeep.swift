import KongStore
import Logging
import ServiceLifecycle
import Synchronization

/// What the store needs from time to time: expired entities removed.
struct StoreUpkeep: Service {
    let store: EntityStore
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: .seconds(60))
                    try await store.removeExpired()
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("remove expired entities: \(error)")
                }
            }
        }
    }
}

final class LockedCounter: Sendable {
    private let value: Mutex<Int>
    init(_ value: Int) { self.value = Mutex(value) }

    func decrement() -> Int {
        value.withLock {
            $0 -= 1
            return $0
        }
    }
}
