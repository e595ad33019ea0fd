import Glibc
import KongCore
import KongPDK
import KongSnapshot

/// The whole configuration read anew into a table of its own, a slice at a time; what serves is not touched.
///
/// Each slice reads another state of the snapshot. What changed meanwhile is in the change log, and is applied at the
/// end.
@Worker
final class Reload {
    let table: RoutingTable
    let epoch: UInt64
    private(set) var hasBegun = false
    private let start: (sequence: UInt64, transaction: Int)
    private var walks = RoutingTable.entities.map { SnapshotView.Walk($0) }
    private var current = 0

    enum Progress {
        case unfinished
        /// Everything was replaced again, or the log is too short: another has to begin.
        case outdated
        case whole(sequence: UInt64, transaction: Int)
    }

    private static let rowsBetweenLooksAtTheClock = 16

    init(_ view: SnapshotView, inPlaceOf old: RoutingTable) {
        table = RoutingTable(emptyLike: old)
        epoch = view.epoch
        start = (view.sequence, view.transaction)
    }

    /// Goes on for about so long.
    /// - Throws: where some of it is damaged or missing: a part must not pass for everything.
    func advance(_ view: SnapshotView, milliseconds: UInt64) throws -> Progress {
        hasBegun = true
        guard view.epoch == epoch else { return .outdated }
        let begin = Self.milliseconds
        while current < walks.count {
            var walk = walks[current]
            view.advance(&walk, rows: Self.rowsBetweenLooksAtTheClock) { id, row in
                table.fill(walks[current].entity, id, row, view)
            }
            guard view.isSound else { throw SnapshotError.damaged("a row of \(walk.entity) fails its checksum") }
            walks[current] = walk
            if walk.isAtEnd { current += 1 }
            if current < walks.count, Self.milliseconds &- begin >= milliseconds { return .unfinished }
        }
        return try finish(view)
    }

    private func finish(_ view: SnapshotView) throws -> Progress {
        let isUnchanged = view.transaction == start.transaction
        for walk in walks where !(isUnchanged ? view.isComplete(walk) : view.isComplete(walk.entity)) {
            throw SnapshotError.damaged("some \(walk.entity) are missing")
        }
        guard let changes = view.changes(after: start.sequence) else { return .outdated }
        guard RoutingTable.canApply(changes, view) else {
            throw SnapshotError.damaged("a changed row fails its checksum")
        }
        for change in changes { table.apply(change, view) }
        return .whole(sequence: view.sequence, transaction: view.transaction)
    }

    private static var milliseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1000 &+ UInt64(time.tv_nsec / 1_000_000)
    }
}
