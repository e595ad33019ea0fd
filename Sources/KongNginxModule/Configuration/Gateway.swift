import Glibc
import KongCore
import KongPDK
import KongSnapshot
import NginxKit

/// A worker's state: its settings, its view of the snapshot, the routing table made from it.
@Worker
final class Gateway: EntityReader {
    /// The one of this process, from `init_process` until the process ends: never replaced, so never counted.
    nonisolated(unsafe) private static var opened: Unmanaged<Gateway>?

    static var current: Gateway? { opened?.takeUnretainedValue() }

    /// What every request does with it.
    @inline(__always)
    static func use<R>(_ body: (Gateway) -> R) -> R? { opened?._withUnsafeGuaranteedRef(body) }

    /// The process ends.
    static func close() {
        opened?.release()
        opened = nil
    }

    /// How to make it, for a worker that could not open the snapshot at its start.
    private static var make: (() throws -> Gateway)?
    private static var lastAttempt: Int = 0
    private static var isDamaged = false
    /// One for the life of the process, whatever becomes of the snapshot.
    private static var report: LoadReport?

    /// A damaged file is replaced within a second while the admin process lives.
    private static let waitingMilliseconds = 5000

    /// Opens the snapshot. While it is damaged a worker accepts no connections: others do, or the kernel keeps them.
    /// A failure that lasts is tried again, once a second, by the requests that need it: a worker that ended instead
    /// would not come back.
    static func open(_ make: @escaping () throws -> Gateway) {
        self.make = make
        attempt()
        for _ in 0..<waitingMilliseconds / 20 where isDamaged {
            if kng_worker_exiting() != 0 { return }
            usleep(20_000)
            attempt(says: false)
        }
    }

    /// The gateway, opened now if that was not possible before.
    static func required() -> Gateway? {
        if let current { return current }
        let now = kng_time()
        if now != lastAttempt {
            lastAttempt = now
            attempt()
        }
        return current
    }

    private static func attempt(says: Bool = true) {
        isDamaged = false
        do {
            opened = try make.map { Unmanaged.passRetained(try $0()) }
        } catch {
            if case SnapshotError.damaged = error { isDamaged = true }
            guard says else { return }
            Log.write(
                Log.critical,
                "cannot open the configuration snapshot: \(error); start the admin process with `kong start`, which "
                    + "makes it from the store")
        }
    }

    let settings: WorkerSettings
    let secrets: Secrets
    var table: RoutingTable
    var following: Following
    private(set) var generation: UInt64 = 1
    private var generations: [UInt64] = []
    private var logLevel: UInt64 = 0
    private let conf: UnsafeMutablePointer<kng_main_conf_t>
    /// What `generation(of:)` answers for kinds that were never touched.
    private var baseGeneration: UInt64 = 1
    /// What `atOnce` looks at while it is under way.
    private var view: SnapshotView?

    init(_ conf: UnsafeMutablePointer<kng_main_conf_t>, path: String, mapSize: Int) throws {
        self.conf = conf
        settings = WorkerSettings(conf)
        secrets = Secrets(settings)
        table = RoutingTable(settings: settings, names: HostNames(file: "/etc/hosts"), secrets: secrets)
        Self.report = Self.report ?? LoadReport(path: path)
        following = try Following(path: path, mapSize: mapSize, report: Self.report)
        // Nothing is served before everything is there.
        try loadAll()
        tick()
    }

    /// What was made of the table has to be looked at again.
    func tableChanged() {
        conf.pointee.rewrite = table.plugins.hasRewrite ? 1 : 0
    }

    /// As the Admin API asked for; 0 is the configured one.
    func setLogLevel(_ level: UInt64) {
        guard level != logLevel else { return }
        logLevel = level
        kng_set_log_level(UInt(level))
        Log.write(Log.notice, level == 0 ? "log level as configured" : "log level changed to \(level)")
    }

    /// What plugins remember of a kind of entities is not to be trusted any more.
    func touch(_ kind: EntityKind) {
        generation &+= 1
        while generations.count <= kind.index { generations.append(baseGeneration) }
        generations[kind.index] &+= 1
    }

    /// The same for all kinds.
    func touchAll() {
        generation &+= 1
        baseGeneration += 1
        generations = []
    }

    // MARK: EntityReader

    func generation(of kind: EntityKind) -> UInt64 {
        // The epoch in the upper half keeps numbers from coming back after a rebuild.
        let own = kind.index < generations.count ? generations[kind.index] : baseGeneration
        return baseGeneration << 40 &+ own
    }

    func withRow(_ entity: String, id: UUIDBytes, _ body: (inout RowReader) -> Void) throws(PluginError) {
        try present { view in Self.withRow(entity, id, view, body) }
    }

    func withRow(
        _ entity: String, field: String, _ value: UnsafeBufferPointer<UInt8>,
        _ body: (_ id: UUIDBytes, inout RowReader) -> Void
    ) throws(PluginError) {
        try present { view in
            guard let id = view.find(entity, field, value) else { return false }
            return Self.withRow(entity, id, view) { row in body(id, &row) }
        }
    }

    func forEachChild(
        _ entity: String, field: String, of parent: UUIDBytes, _ body: (_ id: UUIDBytes, inout RowReader) -> Void
    ) throws(PluginError) {
        try read { view in
            for id in view.children(entity, field, of: parent) {
                Self.withRow(entity, id, view) { row in body(id, &row) }
            }
        }
    }

    func atOnce(_ body: () throws(PluginError) -> Void) throws(PluginError) {
        try read { view throws(PluginError) in
            self.view = view
            defer { self.view = nil }
            try body()
        }
    }

    func records(_ entity: String, field: String, value: UnsafeBufferPointer<UInt8>) -> JSONObject? {
        (try? following.reader.read { view in view.find(entity, field, value).flatMap { view.record(entity, $0) } })
            ?? nil
    }

    func record(_ entity: String, _ id: UUIDBytes) -> JSONObject? {
        (try? following.reader.read { $0.record(entity, id) }) ?? nil
    }

    /// A record as it is used: references to secrets replaced by their values.
    func dereferencedRecord(_ entity: String, _ id: UUIDBytes) -> JSONObject? {
        let found = try? following.reader.read { view in
            view.record(entity, id).map { secrets.dereferenced($0, of: entity, view) }
        }
        return found ?? nil
    }

    /// What a damaged file does not have may only be missing: nobody is refused for it.
    /// - Parameter body: answers whether it is there.
    private func present(_ body: (SnapshotView) -> Bool) throws(PluginError) {
        var isThere = false
        try read { view in isThere = body(view) }
        if !isThere, following.reader.hasMetDamage {
            throw PluginError("cannot read the configuration: its snapshot is damaged")
        }
    }

    private func read(_ body: (SnapshotView) throws(PluginError) -> Void) throws(PluginError) {
        if let view { return try body(view) }
        do {
            try following.reader.read { try body($0) }
        } catch let error as PluginError {
            throw error
        } catch {
            throw PluginError("cannot read the configuration: \(error)")
        }
    }

    /// - Returns: whether it is there.
    @discardableResult
    private static func withRow(
        _ entity: String, _ id: UUIDBytes, _ view: SnapshotView, _ body: (inout RowReader) -> Void
    ) -> Bool {
        guard let row = view.row(entity, id) else { return false }
        var reader = RowReader(row)
        body(&reader)
        return true
    }
}
