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
            try keep(transaction, session)
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

    /// Stage, commit durably, show: the order that the sink's contract asks for.
    private func keep(_ transaction: WriteTransaction, _ session: any WriteSession) throws {
        let version = try session.stamp(transaction.changes)
        let foreign = try changesOfOthers(session, before: version)
        guard let sink else {
            try session.commit()
            lastVersion = version
            return
        }
        guard let foreign, !transaction.replacedEverything else {
            // Built before the commit, so that a sink without room leaves the old configuration in force.
            do {
                try rebuild(session, version)
                try session.commit()
            } catch {
                session.rollback()
                sinkIsBehind = true
                // If this fails too, the next write or `catchUp` tries again.
                try? rebuild(session, session.version())
                throw error
            }
            lastVersion = version
            return
        }
        let effects = try sideEffects(session, beside: transaction.changes)
        let staged = try sink.stage(foreign + transaction.changes + effects, version: version)
        do { try session.commit() } catch {
            staged.abort()
            throw error
        }
        lastVersion = version
        do { try staged.commit() } catch {
            sinkIsBehind = true
            do { try rebuild(session, version) } catch {
                throw DataError.unavailable("stored, but the workers' snapshot cannot be written: \(error)")
            }
        }
    }
}
