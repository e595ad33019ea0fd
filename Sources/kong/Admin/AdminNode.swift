import Foundation
import KongCore

/// The parts of the admin process, put together.
struct AdminNode {
    let settings: Settings

    init(_ settings: Settings) { self.settings = settings }

    /// Runs until SIGTERM or SIGINT.
    func run(readiness: Readiness) async throws {
        try Prefix(settings: settings).shareSnapshot()
        readiness.tell("ready")
        await Signals.wait(for: [SIGTERM, SIGINT, SIGQUIT])
    }
}
