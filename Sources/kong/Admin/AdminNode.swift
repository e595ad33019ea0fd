import Foundation
import KongAdmin
import KongCore
import KongSnapshot
import KongStore
import Logging
import ServiceLifecycle

/// The parts of the admin process, put together.
struct AdminNode {
    let settings: Settings
    private let logger: Logger

    init(_ settings: Settings) {
        self.settings = settings
        AdminLog.setLevel(settings.logLevel)
        LoggingSystem.bootstrap { AdminLog(label: $0) }
        logger = Logger(label: "kong")
    }

    /// Runs until SIGTERM, SIGINT or SIGQUIT; requests in flight are finished.
    func run(readiness: Readiness) async throws {
        let snapshot = try openSnapshot()
        let node = LocalNode(
            settings: settings,
            logLevel: NodeLogLevel(configured: settings.logLevel) { name in
                let index = name.flatMap { NodeLogLevel.names.firstIndex(of: $0) }
                try snapshot.setLogLevel(index.map { UInt64($0) + 1 } ?? 0)
                AdminLog.setLevel(name ?? settings.logLevel)
            })
        let store = try EntityStore.open(
            settings, nodeID: node.id, context: try NodeContext.schema(settings), sink: snapshot,
            report: { [logger] in Self.log($0, logger) })

        let loader = DeclarativeLoader(store: store, keptPath: settings.prefix + "/declarative.json")
        if settings.database == "off" {
            try await loader.restore(settings, isServing: Nginx.running(settings) != nil)
        }
        try await store.start()
        // Whatever an admin process before this one had set for a while.
        try snapshot.setLogLevel(0)
        try Prefix(settings: settings).shareSnapshot()
        if snapshot.isReplacement { logger.warning("the snapshot was damaged and has been made anew from the store") }
        Task { [logger] in
            do { try await store.verify() } catch { logger.critical("\(error); writes are refused") }
        }

        let warnings = await PluginsWithoutBehaviour.warnings(store)
        for warning in warnings { logger.error("\(warning)") }

        let listeners = settings.adminListen.count + settings.statusListen.count
        let ready = (["ready"] + warnings).joined(separator: "\n")
        let pending = PendingListeners(count: listeners) { readiness.tell(ready) }
        let server = AdminServer(
            settings: settings, store: store, loader: loader, plugins: NodeContext.catalogue, node: node, logger: logger
        ) { _, _ in pending.one() }
        if listeners == 0 { readiness.tell(ready) }

        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: server), .init(service: StoreUpkeep(store: store, settings: settings)),
                    .init(
                        service: SnapshotGuard(store: store, snapshot: snapshot, settings: settings, logger: logger)),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint, .sigquit], logger: logger))
        try await group.run()
        store.close()
        try snapshot.sync()
    }

    /// A file that a killed process left is read through by a child before it is trusted.
    private func openSnapshot() throws -> SnapshotWriter {
        let snapshot = try SnapshotWriter(path: settings.snapshotPath, mapSize: settings.snapshotMapSizeBytes) { _ in
            switch SnapshotExamination(settings: settings).run() {
            case .sound: return true
            case .damaged(let why):
                logger.warning("the snapshot is thrown away: \(why)")
                return false
            case .unknown(let why):
                // No sign of damage; workers and the next look check what they read.
                logger.warning("the snapshot could not be read through: \(why)")
                return true
            }
        }
        snapshot.onReplacement = { [settings, logger] in
            logger.warning("the snapshot is damaged: it is made anew from the store")
            try Prefix(settings: settings).shareSnapshot()
        }
        return snapshot
    }

    private static func log(_ event: StoreEvent, _ logger: Logger) {
        switch event {
        case .away(let reason):
            logger.error("\(reason); the last configuration serves, the Admin API answers 503 until it is back")
        case .back(let text): logger.notice("\(text)")
        case .odd(let text): logger.warning("\(text)")
        }
    }
}

/// Counts listeners until all accept connections.
final class PendingListeners: Sendable {
    private let left: LockedCounter
    private let done: @Sendable () -> Void

    init(count: Int, done: @escaping @Sendable () -> Void) {
        left = LockedCounter(count)
        self.done = done
    }

    func one() {
        if left.decrement() == 0 { done() }
    }
}
