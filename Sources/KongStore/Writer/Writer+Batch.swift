import KongCore

// One transaction for a batch of jobs.
extension Writer {
    /// Returns each job's refusal, nil where it was done; throws when nothing of the batch was kept.
    func commit(_ batch: [Job]) throws -> [DataError?] {
        var errors: [DataError?] = []
        try backend.write { session in
            try session.begin(consistent: false)
            defer { session.rollback() }
            let transaction = WriteTransaction(session: session, backend: backend, context: context)
            errors = try batch.map { try run($0, transaction) }
            guard !transaction.changes.isEmpty || transaction.replacedEverything else { return }
            do { try keep(transaction, session) } catch let unseen as Unseen {
                // The batch is stored: running it again would store it twice.
                errors = errors.map { $0 ?? unseen.answer }
            }
        }
        return errors
    }

    private func run(_ job: Job, _ transaction: WriteTransaction) throws -> DataError? {
        let mark = transaction.changes.count
        try transaction.session.savepoint()
        do {
            try job.run(transaction)
        } catch let error as DataError {
            transaction.changes.removeSubrange(mark...)
            try transaction.session.rollbackToSavepoint()
            return error
        }
        try transaction.session.releaseSavepoint()
        return nil
    }

    /// The store holds a batch that the workers do not see yet; `catchUp` and the next write try again.
    private struct Unseen: Error {
        let cause: any Error

        var answer: DataError {
            .unavailable(
                "stored, but not in force: \(cause). It comes into force as soon as that is mended; until then the "
                    + "configuration before it is served")
        }
    }

    /// Stage, commit durably, show: the order that the sink's contract asks for.
    private func keep(_ transaction: WriteTransaction, _ session: any WriteSession) throws {
        let version = try session.stamp(transaction.changes)
        guard let sink else {
            try session.commit()
            lastVersion = version
            return
        }
        let staged = try stage(transaction, session, version, sink)
        do { try session.commit() } catch {
            staged.abort()
            throw error
        }
        lastVersion = version
        do {
            try staged.commit()
            sinkIsBehind = false
        } catch {
            sinkIsBehind = true
            do { try rebuild(session, version) } catch { throw Unseen(cause: error) }
        }
    }

    /// A sink without room refuses here, before anything is kept.
    private func stage(
        _ transaction: WriteTransaction, _ session: any WriteSession, _ version: Int64, _ sink: any ChangeSink
    ) throws -> any StagedChanges {
        if sink.isDamaged() { sinkIsBehind = true }
        let foreign = try changesOfOthers(session, before: version)
        if let foreign, !transaction.replacedEverything {
            let effects = try sideEffects(session, beside: transaction.changes)
            do {
                return try sink.stage(foreign + transaction.changes + effects, version: version)
            } catch {
                guard sink.isDamaged() else { throw error as? DataError ?? .unavailable("\(error)") }
            }
        }
        let replacement = transaction.changes.isEmpty ? transaction.replacement : nil
        return try stageAll(session, version, sink, replacement: replacement)
    }
}
