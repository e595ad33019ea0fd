import KongStore
import Logging
import ServiceLifecycle
import Synchronization

/// What the store needs from time to time: expired entities removed.
struct StoreUpkeep: Service {
    let store: EntityStore

    func run() async throws {
        await cancelWhenGracefulShutdown { await store.maintain() }
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
