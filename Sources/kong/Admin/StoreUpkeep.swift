import KongCore
import KongStore
import ServiceLifecycle
import Synchronization

/// What the store needs from time to time: expired entities removed, other nodes' changes taken over.
struct StoreUpkeep: Service {
    let store: EntityStore
    let settings: Settings

    func run() async throws {
        let seconds = settings.number("db_update_frequency") ?? 5
        await cancelWhenGracefulShutdown {
            // The property's name is Kong's.
            let expiry = settings.number("_debug_pg_ttl_cleanup_interval") ?? 300
            await store.maintain(expirySeconds: min(60, max(1, expiry)), catchUpSeconds: max(0.1, seconds))
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
