import Foundation
import KongCore
import KongSnapshot
import KongStore
import Logging
import ServiceLifecycle

/// Looks after the snapshot while it is in use: what is damaged is made anew from the store.
///
/// What can be seen cheaply (a file that is gone, cut short, has a foreign header, was written to by somebody else, or
/// that a worker met damage in) is looked for ten times a second. The rest takes reading the file through: every minute
/// or at one percent of a core, whichever is rarer, and when a worker was replaced, because damage may be what ended it.
struct SnapshotGuard: Service {
    let store: EntityStore
    let snapshot: SnapshotWriter
    let settings: Settings
    let logger: Logger

    private static let intervalSeconds = 60.0
    private static let milliseconds = 100

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var workers = Nginx.running(settings)?.children ?? []
            var examination = ContinuousClock.now + .seconds(Self.intervalSeconds)
            let pause = min(5, max(0.1, settings.number("db_update_frequency") ?? 5))
            var look = ContinuousClock.now + .seconds(pause)
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(Self.milliseconds))  // Cancelled: the loop ends.
                if let damage = snapshot.damage() { await renew(damage) }
                guard look <= .now, !Task.isCancelled else { continue }
                look = .now + .seconds(pause)
                let now = Nginx.running(settings)?.children ?? []
                let isOneGone = !workers.subtracting(now).isEmpty
                workers = now
                guard isOneGone || examination <= .now else { continue }
                let start = ContinuousClock.now
                await examine()
                examination = .now + max(.seconds(Self.intervalSeconds), (.now - start) * 100)
            }
        }
    }

    private func examine() async {
        let examination = SnapshotExamination(settings: settings)
        let verdict = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: examination.run()) }
        }
        switch verdict {
        case .sound: break
        case .unknown(let why): logger.warning("could not read the snapshot through: \(why)")
        case .damaged(let why): await renew(why)
        }
    }

    private func renew(_ why: String) async {
        snapshot.condemn(why)
        do { try await store.catchUp() } catch {
            logger.critical("the snapshot is damaged (\(why)) and cannot be made anew: \(error)")
            // The store may be away for long.
            try? await Task.sleep(for: .seconds(1))
        }
    }
}
