import KongCore

/// A service as the request path needs it. Immutable: a change makes a new one.
final class ServiceEntry {
    let id: UUIDBytes
    let host: String
    let hostBytes: [UInt8]
    let port: UInt16
    /// The Host header: host, and the port unless it is the scheme's.
    let hostHeader: [UInt8]
    let path: [UInt8]
    let https: Bool
    let grpc: Bool
    let enabled: Bool
    let tries: UInt
    let connectTimeout: UInt
    let writeTimeout: UInt
    let readTimeout: UInt
    /// Known at once when the host is an IP address.
    let address: SocketAddress?

    init?(id: UUIDBytes, row: UnsafeRawBufferPointer, names: HostNames) {
        var reader = RowReader(row)
        var host: String?
        var port: Int64 = 80
        var path: [UInt8] = []
        var scheme = "http"
        var enabled = true
        var retries: Int64 = 5
        var timeouts: (connect: Int64, write: Int64, read: Int64) = (60000, 60000, 60000)
        for _ in 0..<reader.mapCount() {
            guard let key = reader.stringBytes() else { return nil }
            switch String(decoding: key, as: UTF8.self) {
            case "host": host = reader.stringBytes().map { String(decoding: $0, as: UTF8.self) }
            case "port": port = reader.integer() ?? 80
            case "path": path = reader.stringBytes().map(Array.init) ?? []
            case "protocol": scheme = reader.stringBytes().map { String(decoding: $0, as: UTF8.self) } ?? "http"
            case "enabled": enabled = reader.bool() ?? true
            case "retries": retries = reader.integer() ?? 5
            case "connect_timeout": timeouts.connect = reader.integer() ?? 60000
            case "write_timeout": timeouts.write = reader.integer() ?? 60000
            case "read_timeout": timeouts.read = reader.integer() ?? 60000
            default: reader.skip()
            }
        }
        guard let host, let port = UInt16(exactly: port) else { return nil }
        self.id = id
        self.host = host
        hostBytes = Array(host.utf8)
        self.port = port
        https = scheme == "https" || scheme == "grpcs" || scheme == "tls"
        grpc = scheme == "grpc" || scheme == "grpcs"
        let usual: UInt16 = https ? 443 : 80
        hostHeader = Array((port == usual ? host : "\(host):\(port)").utf8)
        self.path = path.isEmpty ? [UInt8(ascii: "/")] : path
        self.enabled = enabled
        tries = UInt(clamping: retries) + 1
        connectTimeout = UInt(clamping: timeouts.connect)
        writeTimeout = UInt(clamping: timeouts.write)
        readTimeout = UInt(clamping: timeouts.read)
        address = SocketAddress.make(host: names.address(of: host) ?? host, port: port)
    }
}
