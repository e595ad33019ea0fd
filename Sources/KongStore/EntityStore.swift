import Foundation
import KongCore

/// The entities of a node, with the semantics of Kong's DAO over any database.
///
/// Every error is a `DataError` with Kong's code, message and fields. A write returns when it is
/// durable and the change sink shows it.
public final class EntityStore: Sendable {
    public let context: SchemaContext
    let backend: any Backend
    let writer: Writer

    /// The id of the workspace `default`.
    public var workspace: String { backend.workspace }
    /// Whether clients may write; false on nodes without a database.
    public var acceptsWrites: Bool { backend.acceptsWrites }
    public var layout: Layout { backend.layout }

    public init(backend: any Backend, context: SchemaContext, sink: (any ChangeSink)?) {
        self.backend = backend
        self.context = context
        writer = Writer(backend: backend, context: context, sink: sink)
    }

    /// Brings the sink to what the store holds, and follows what other nodes write from then on.
    ///
    /// To be called once before the first write.
    public func start() async throws(DataError) {
        try await writer.synchronise()
        backend.observe { [weak self] in
            // What fails now is taken over with the next change or poll.
            Task { [weak self] in try? await self?.catchUp() }
        }
    }

    /// Reads a store through that was too large to be read through at start; beside reads and writes.
    ///
    /// - Throws: what is damaged; from then on writes answer 503 with it.
    public func verify() async throws(DataError) {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Void, any Error>, Never>) in
            // It blocks, so it gets a thread of its own.
            Thread.detachNewThread { [backend] in continuation.resume(returning: Result { try backend.verify() }) }
        }
        do { try result.get() } catch { throw error as? DataError ?? backend.dataError(error) }
    }

    /// Refuses new writes; queued ones are finished.
    public func stop() {
        writer.stop()
    }

    /// Takes over what other nodes wrote to a shared database. Returns whether there was any.
    @discardableResult
    public func catchUp() async throws(DataError) -> Bool {
        try await writer.catchUp()
    }

    /// Deletes expired entities; returns how many. To be called every minute or so.
    @discardableResult
    public func removeExpired() async throws(DataError) -> Int {
        var removed = 0
        for table in layout.tables where table.hasTTL {
            while true {
                let some = try await writer.submit { transaction in
                    let rows = try transaction.session.select(.expired(table, before: transaction.now, limit: 500))
                    for row in rows { try transaction.remove(table, row) }
                    return rows.count
                }
                removed += some
                if some < 500 { break }
            }
        }
        return removed
    }

    /// Keeps the store tidy until the task is cancelled: expired entities go, and what another process
    /// wrote or an earlier failure left behind reaches the sink.
    public func maintain(expirySeconds: Double = 60, catchUpSeconds: Double = 5) async {
        var due = ContinuousClock.now
        while !Task.isCancelled {
            // Each of these is tried again in a moment; clients see the same trouble with their writes.
            _ = try? await catchUp()
            if due <= .now {
                _ = try? await removeExpired()
                try? await writer.alone { [backend] in try backend.prune() }
                due = .now + .seconds(expirySeconds)
            }
            try? await Task.sleep(for: .seconds(catchUpSeconds))
        }
    }

    /// Runs `body` over one consistent view; what the database says becomes a `DataError`.
    func read<T: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> T) async throws(DataError) -> T {
        do { return try await backend.read(body) } catch {
            throw error as? DataError ?? backend.dataError(error)
        }
    }
}

extension Query {
    static func expired(_ table: Table, before now: Double, limit: Int) -> Query {
        Query(table, [.expired(before: now)], limit: limit, now: nil)
    }
}
