// What log plugins had before all of them had `queue`: kept for old configurations, without effect.

extension FieldSchema {
    /// - Parameter plugin: named in the message.
    public static func retryCount(of plugin: String) -> FieldSchema {
        old("retry_count", .integer, plugin, "no longer works", "max_retry_time", 10)
    }

    public static func queueSize(of plugin: String) -> FieldSchema {
        old("queue_size", .integer, plugin, "is deprecated", "max_batch_size", 1)
    }

    public static func flushTimeout(of plugin: String) -> FieldSchema {
        old("flush_timeout", .number, plugin, "is deprecated", "max_coalescing_delay", 2)
    }

    private static func old(
        _ name: String, _ type: FieldType, _ plugin: String, _ state: String, _ new: String, _ oldDefault: JSONValue
    ) -> FieldSchema {
        .field(name, type).deprecated(
            "\(plugin): config.\(name) \(state), please use config.queue.\(new) instead", oldDefault: oldDefault)
    }
}
