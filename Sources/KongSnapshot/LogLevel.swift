import KongCore

// A level of the error log that is in force for a while, for all workers. It travels with the configuration, because
// that is what each worker looks at with every request.

extension SnapshotWriter {
    /// - Parameter level: nginx's, 1 (emerg) to 8 (debug); 0 is the configured one.
    public func setLogLevel(_ level: UInt64) throws {
        try changeMeta { writer in
            guard try writer.meta("log_level") ?? 0 != level else { return false }
            try writer.setMeta("log_level", level)
            return true
        }
    }
}

extension SnapshotView {
    /// nginx's number; 0 is the configured level.
    public var logLevel: UInt64 { metaValue("log_level") ?? 0 }
}
