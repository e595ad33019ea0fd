import CNginx

/// The worker's error log.
public enum Log {
    /// - Parameter level: nginx's, 1 (emerg) to 8 (debug).
    public static func write(_ level: UInt, _ message: String) {
        var message = message
        message.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { kng_log(level, kng_cycle_log(), $0.baseAddress, $0.count) }
        }
    }

    /// With the request's connection and client.
    public static func write(_ level: UInt, _ r: Request, _ message: String) {
        var message = message
        message.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { kng_log_request(level, r, $0.baseAddress, $0.count) }
        }
    }

    public static let emergency: UInt = 1
    public static let critical: UInt = 3
    public static let error: UInt = 4
    public static let warning: UInt = 5
    public static let notice: UInt = 6
    public static let info: UInt = 7
}
