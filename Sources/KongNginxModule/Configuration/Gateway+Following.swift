import KongCore
import KongPDK
import KongSnapshot
import NginxKit

/// How far a worker has followed the snapshot.
struct Following {
    var reader: SnapshotReader
    let path: String
    let mapSize: Int
    /// Tells the admin process; nil where it does not listen.
    let report: LoadReport?
    /// `SnapshotReader.lastTransaction` when it was last looked at.
    var transaction = -1
    var sequence: UInt64 = 0
    var epoch: UInt64?
    var reload: Reload?
    /// What was last tried failed: it is tried again every second, not by every request.
    var hasFailed = false
    var lastLook = 0

    init(path: String, mapSize: Int, report: LoadReport?) throws {
        self.path = path
        self.mapSize = mapSize
        self.report = report
        reader = try SnapshotReader(path: path, mapSize: mapSize, report: report)
    }
}

// From the snapshot's change log into the table that serves; everything anew, in slices, where that is not enough.
extension Gateway {
    /// No request waits longer than this for a reload.
    private static let sliceMilliseconds: UInt64 = 2

    /// Brings the worker up to date if anything was committed since it last looked.
    @inline(__always)
    func refresh() {
        let last = uncounted(following.reader) { $0.lastTransaction }
        if last != following.transaction { catchUp() }
    }

    private func catchUp() {
        attempt {
            try follow()
            // A small configuration is whole at once, so that the very next request sees it.
            if let reload = following.reload, !reload.hasBegun { try advance(reload, Self.sliceMilliseconds) }
        }
    }

    /// The old state goes on serving whatever happens.
    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch {
            following.hasFailed = true
            following.reload = nil
            following.transaction = following.reader.lastTransaction
            Log.write(Log.critical, "cannot read the configuration: \(error); what was read before goes on serving")
        }
    }

    /// For a worker that begins: all of it, or an error.
    func loadAll() throws {
        try follow()
        while let reload = following.reload { try advance(reload, .max) }
    }

    /// Applies the change log to what serves; begins a reload where the log does not reach back, or everything was
    /// replaced.
    private func follow() throws {
        try following.reader.read { view in
            let isSameEpoch = view.epoch == following.epoch
            let changes = following.epoch == nil ? nil : view.changes(after: following.sequence)
            if let changes {
                guard RoutingTable.canApply(changes, view) else {
                    throw SnapshotError.damaged("a changed row fails its checksum")
                }
                for change in changes {
                    table.apply(change, view)
                    touch(EntityKind(change.entity))
                }
                tableChanged()
            }
            if changes == nil || !isSameEpoch {
                touchAll()
                // One under way notices by itself when it has to begin again.
                if following.reload == nil || !isSameEpoch { following.reload = Reload(view, inPlaceOf: table) }
            }
            following.sequence = view.sequence
            following.epoch = view.epoch
            following.transaction = view.transaction
            setLogLevel(view.logLevel)
        }
    }

    private func advance(_ reload: Reload, _ milliseconds: UInt64) throws {
        switch try following.reader.read({ try reload.advance($0, milliseconds: milliseconds) }) {
        case .unfinished: proceedLater(reload)
        case .outdated:
            let next = try following.reader.read { Reload($0, inPlaceOf: table) }
            following.reload = next
            proceedLater(next)
        case .whole(let sequence, let transaction):
            following.reload = nil
            following.sequence = sequence
            following.transaction = transaction
            following.epoch = reload.epoch
            table = reload.table
            tableChanged()
            touchAll()
            following.report?.loaded(epoch: reload.epoch)
        }
    }

    private func proceedLater(_ reload: Reload) {
        // Not `[weak self]`: what was once referred to weakly is slower to count for ever after.
        TimerBox.start(milliseconds: 1, background: true) {
            guard let gateway = Gateway.current, gateway.following.reload === reload else { return }
            gateway.attempt { try gateway.advance(reload, Self.sliceMilliseconds) }
        }
    }

    /// Also without requests: a worker that slept through a reload would make its next request wait for it.
    func tick() {
        let now = kng_time()
        let isNewSecond = now != following.lastLook
        if isNewSecond {
            following.lastLook = now
            retryFailed()
        }
        followReplacement(says: isNewSecond)
        refresh()
        TimerBox.start(milliseconds: 100, background: true) { Gateway.current?.tick() }
    }

    /// Once a second: does what failed succeed now?
    private func retryFailed() {
        if following.hasFailed {
            following.hasFailed = false
            following.transaction = -1
        }
    }

    /// Another file lies where the snapshot lay: what was damaged has been made anew.
    private func followReplacement(says: Bool) {
        guard following.reader.isReplaced else { return }
        do {
            following.reader = try SnapshotReader(
                path: following.path, mapSize: following.mapSize, report: following.report)
            following.transaction = -1
        } catch {
            // It is still being filled: the old one serves until it can be read.
            if says { Log.write(Log.notice, "the new snapshot cannot be read yet: \(error)") }
        }
    }
}
