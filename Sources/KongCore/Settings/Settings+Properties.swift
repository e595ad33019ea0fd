/// Typed access to the properties that several parts read.
extension Settings {
    /// Absolute, without a trailing slash.
    public var prefix: String { string("prefix") ?? "/usr/local/kong" }
    public var logLevel: String { string("log_level") ?? "notice" }
    public var database: String { string("database") ?? "sqlite" }
    public var role: String { string("role") ?? "traditional" }
    public var routerFlavor: String { string("router_flavor") ?? "traditional_compatible" }
    public var errorDefaultType: String { string("error_default_type") ?? "text/plain" }
    public var trustedIPs: [String] { list("trusted_ips") }
    public var headers: [String] { list("headers") }
    public var headersUpstream: [String] { list("headers_upstream") }

    public var proxyListen: [Listener] { listeners["proxy_listen"] ?? [] }
    public var adminListen: [Listener] { listeners["admin_listen"] ?? [] }
    public var statusListen: [Listener] { listeners["status_listen"] ?? [] }
    public var streamListen: [Listener] { listeners["stream_listen"] ?? [] }

    /// Absolute path of the SQLite file.
    public var sqlitePath: String { Path.absolute(string("sqlite_path") ?? "kong.db", in: prefix) }
    public var snapshotPath: String { prefix + "/snapshot" }
    public var snapshotMapSizeBytes: Int { Self.bytes(string("snapshot_map_size") ?? "2048m") ?? 2 << 30 }

    public var nodeSocketPath: String { prefix + "/sockets/node" }
    public var nginxPidPath: String { prefix + "/pids/nginx.pid" }
    public var adminPidPath: String { prefix + "/pids/admin.pid" }
    public var nginxConfPath: String { prefix + "/nginx.conf" }
    public var runningSettingsPath: String { prefix + "/.kong_env" }

    /// The plugins that `plugins` names; `bundled` stands for those given.
    public func loadedPlugins(bundled: some Sequence<String>) -> Set<String> {
        var loaded: Set<String> = []
        for name in list("plugins") where name != "off" {
            if name == "bundled" { loaded.formUnion(bundled) } else { loaded.insert(name) }
        }
        return loaded
    }

    /// host port → listener port.
    public var hostPorts: [(host: Int, listener: Int)] {
        list("port_maps").compactMap { entry in
            let parts = entry.split(separator: ":").map { Int($0) }
            guard parts.count == 2, let host = parts[0], let listener = parts[1] else { return nil }
            return (host, listener)
        }
    }

    /// nginx's sizes: `64`, `8k`, `2048m`, `1g`.
    public static func bytes(_ text: String) -> Int? {
        let shift =
            switch text.last {
            case "k", "K": 10
            case "m", "M": 20
            case "g", "G": 30
            default: 0
            }
        guard let count = Int(shift == 0 ? text[...] : text.dropLast()), count >= 0 else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 1 << shift)
        return overflow ? nil : bytes
    }
}

/// Textual path arithmetic.
public enum Path {
    public static func absolute(_ path: String, in directory: String) -> String {
        var parts: [Substring] = []
        for part in (path.hasPrefix("/") ? path : directory + "/" + path).split(separator: "/") {
            if part == "." { continue }
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
