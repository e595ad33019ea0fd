import CLMDB
import KongCore

// A level of the error log that is in force for a while, for all workers. It travels with the configuration, because
// that is what each worker looks at with every request.

extension SnapshotWriter {
    /// - Parameter level: nginx's, 1 (emerg) to 8 (debug); 0 is the configured one.
    public func setLogLevel(_ level: UInt64) throws {
        let transaction = try begin()
        do {
            let writer = SnapshotTransaction(environment, transaction)
            guard try writer.meta("log_level") ?? 0 != level else { return mdb_txn_abort(transaction) }
            markBoot(clean: false)
            try writer.setMeta("log_level", level)
        } catch {
            mdb_txn_abort(transaction)
            throw error
        }
        try check("commit", mdb_txn_commit(transaction))
    }
}

extension SnapshotView {
    /// nginx's number; 0 is the configured level.
    public var logLevel: UInt64 { metaValue("log_level") ?? 0 }
}
