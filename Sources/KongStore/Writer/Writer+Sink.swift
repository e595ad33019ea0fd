import KongCore

// Bringing the sink to what the store holds.
extension Writer {
    /// Rebuilds the sink unless it already holds the store's version; for start-up.
    ///
    /// While the store is away, a sink that holds what it held last is left as it is.
    func synchronise() async throws(DataError) {
        try await alone { [self] in
            do {
                try backend.write { session in
                    try session.begin(consistent: true)
                    defer { session.rollback() }
                    try align(session, session.version())
                }
            } catch {
                guard backend.outlook(error) == .away, let address = backend.address,
                    try sink?.origin()?.address == address
                else { throw error }
            }
        }
    }

    /// The first look at the store.
    private func align(_ session: any WriteSession, _ stored: Int64) throws {
        if let sink {
            // A snapshot that cannot be read is a cache that may be made again.
            let held = try? sink.version()
            let origin = (try? sink.origin()) ?? nil
            if held != stored || origin?.identity != backend.origin?.identity {
                // What is made from the store now is all that workers have: it must not be a part of it.
                try backend.verify()
                return try load(session, stored)
            } else if let current = backend.origin, current != origin {
                try sink.adopt(current)
            }
        }
        lastVersion = stored
    }

    /// Takes over what other nodes wrote, or what an earlier failure left behind. Returns whether there was any.
    func catchUp() async throws(DataError) -> Bool {
        try await alone { [self] in
            var moved = false
            if sink?.isDamaged() == true { sinkIsBehind = true }
            try backend.write { session in
                try session.begin(consistent: true)
                defer { session.rollback() }
                let stored = try session.version()
                guard let lastVersion else {
                    moved = true
                    return try align(session, stored)
                }
                guard stored != lastVersion || sinkIsBehind else { return }
                moved = true
                if let sink, let foreign = try changesOfOthers(session, before: stored + 1) {
                    try sink.stage(foreign, version: stored).commit()
                    self.lastVersion = stored
                } else {
                    try load(session, stored)
                }
            }
            return moved
        }
    }

    /// Rebuilds the sink, from a copy of the store where there is one that is not behind the sink.
    private func load(_ session: any WriteSession, _ stored: Int64) throws {
        var loaded: Int64?
        if let sink {
            let isOurs = try sink.origin()?.identity == backend.origin?.identity
            let held = isOurs ? try sink.version() : nil
            _ = try backend.readCopy { copy in
                let version = try copy.version()
                guard version >= held ?? version else { return }
                try rebuild(copy, version)
                loaded = version
            }
        }
        if let loaded {
            lastVersion = loaded
            if loaded >= stored { return }
            if let sink, let missing = try changesOfOthers(session, before: stored + 1) {
                try sink.stage(missing, version: stored).commit()
                lastVersion = stored
                return
            }
        }
        try rebuild(session, stored)
        lastVersion = stored
    }

    /// What other nodes wrote since our last batch; nil if only a rebuild can tell.
    func changesOfOthers(_ session: any WriteSession, before end: Int64) throws -> [EntityChange]? {
        guard let lastVersion, !sinkIsBehind, end > lastVersion else { return nil }
        if end == lastVersion + 1 { return [] }
        guard case .entities(let keys) = try session.foreignChanges(after: lastVersion, before: end) else { return nil }
        return try current(keys, session)
    }

    /// What the database changed behind our own changes.
    func sideEffects(_ session: any WriteSession, beside changes: [EntityChange]) throws -> [EntityChange] {
        let effects = try session.sideEffects()
        if effects.isEmpty { return [] }
        let own = Set(changes.map { $0.entity + " " + $0.id })
        return try current(effects.filter { !own.contains($0.entity + " " + $0.key) }, session)
    }

    /// The entities as they stand now, as changes.
    private func current(
        _ keys: [(entity: String, key: String)], _ session: any ReadSession
    ) throws -> [EntityChange] {
        try keys.compactMap { entity, key in
            guard let table = backend.layout.find(entity) else { return nil }
            let record = try session.first(table, key: key, now: nil)
            return EntityChange(
                entity: entity, id: key, operation: record.map { .upsert($0.forSink(table, context)) } ?? .delete)
        }
    }

    func rebuild(_ session: any ReadSession, _ version: Int64) throws {
        guard let sink else { return }
        try stageAll(session, version, sink).commit()
        sinkIsBehind = false
    }

    /// Everything as `session` sees it; the sink counts as behind until it is committed.
    /// - Parameter replacement: what stands in the tables that a declarative file replaces; nil: to be read too.
    func stageAll(
        _ session: any ReadSession, _ version: Int64, _ sink: any ChangeSink, replacement: [EntityChange]? = nil
    ) throws -> any StagedChanges {
        sinkIsBehind = true
        let known = replacement.flatMap(Self.rows)
        return try sink.stageAll(version: version, origin: backend.origin) { emit in
            // By name and id: the order of the snapshot's own keys.
            for table in backend.layout.tables.sorted(by: { $0.entity < $1.entity }) {
                if let known, EntityStore.isConfiguration(table) {
                    for change in known[table.entity] ?? [] { try emit(change) }
                    continue
                }
                try session.forEach(table, now: nil) { record in
                    try emit(
                        EntityChange(
                            entity: table.entity, id: record.key(table),
                            operation: .upsert(record.forSink(table, context))))
                }
            }
        }
    }

    /// Changes that only added rows, by entity; nil if something went again.
    private static func rows(_ changes: [EntityChange]) -> [String: [EntityChange]]? {
        var rows: [String: [EntityChange]] = [:]
        for change in changes {
            guard case .upsert = change.operation, change.old == nil else { return nil }
            rows[change.entity, default: []].append(change)
        }
        return rows
    }
}
