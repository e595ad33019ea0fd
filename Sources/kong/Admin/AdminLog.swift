import Logging
import Synchronization

/// The admin process's own log, whose level changes while it runs.
struct AdminLog: LogHandler {
    private static let level = Mutex(Logger.Level.notice)

    /// - Parameter name: nginx's name of a level.
    static func setLevel(_ name: String) {
        let new: Logger.Level =
            switch name {
            case "debug": .debug
            case "info": .info
            case "notice": .notice
            case "warn": .warning
            case "error": .error
            default: .critical
            }
        level.withLock { $0 = new }
    }

    private var base: StreamLogHandler

    init(label: String) {
        base = StreamLogHandler.standardError(label: label)
        base.logLevel = .trace
    }

    var logLevel: Logger.Level {
        get { Self.level.withLock { $0 } }
        set { Self.level.withLock { $0 = newValue } }
    }
    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue }
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) { base.log(event: event) }
}
