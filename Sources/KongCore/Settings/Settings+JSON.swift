extension Settings {
    /// The `configuration` object of `GET /`: every set property and the derived
    /// ones, secrets masked.
    public func publicJSON() -> JSONObject {
        var object: JSONObject = [:]
        for (name, value) in values {
            object[name] = Properties.named(name)?.isSecret == true ? .string("******") : value.json
        }
        for (name, listeners) in listeners {
            let plural = name.dropLast("_listen".count) + "_listeners"
            let subsystem: Listener.Subsystem = name == "stream_listen" ? .stream : .http
            object[String(plural)] = .array(listeners.map { $0.json(subsystem) })
            object[name.dropLast("listen".count) + "ssl_enabled"] = .bool(listeners.contains(where: \.isTLS))
        }
        for (block, directives) in directives {
            object[block.listName] = .array(
                directives.map { .object(["name": .string($0.name), "value": .string($0.value)]) })
        }
        object["host_ports"] = .object(
            Dictionary(hostPorts.map { (String($0.listener), .integer(Int64($0.host))) }) { first, _ in first })
        for (name, path) in [
            ("kong_env", runningSettingsPath), ("nginx_pid", nginxPidPath), ("nginx_conf", nginxConfPath),
            ("nginx_kong_conf", prefix + "/nginx-kong.conf"), ("nginx_err_logs", prefix + "/logs/error.log"),
            ("nginx_acc_logs", prefix + "/logs/access.log"), ("admin_acc_logs", prefix + "/logs/admin_access.log"),
        ] {
            object[name] = .string(path)
        }
        object["enabled_headers"] = .object(
            Dictionary(Self.headerNames.map { ($0.name, .bool(headers.contains($0.token))) }) { first, _ in first })
        return object
    }

    /// Tokens of `headers`, and the header each switches.
    static let headerNames: [(name: String, token: String)] = [
        ("Server", "server_tokens"), ("server_tokens", "server_tokens"), ("latency_tokens", "latency_tokens"),
        ("Via", "server_tokens"), ("X-Kong-Proxy-Latency", "latency_tokens"),
        ("X-Kong-Upstream-Latency", "latency_tokens"), ("X-Kong-Response-Latency", "latency_tokens"),
        ("X-Kong-Admin-Latency", "latency_tokens"), ("X-Kong-Upstream-Status", "X-Kong-Upstream-Status"),
        ("X-Kong-Request-Id", "x-kong-request-id"),
    ]
}

extension SettingValue {
    /// Kong prints whole numbers without a fraction.
    public var json: JSONValue {
        switch self {
        case .string(let string): .string(string)
        case .number(let number): Int64(exactly: number).map { .integer($0) } ?? .number(number)
        case .boolean(let isOn): .bool(isOn)
        case .list(let items): .array(items.map { .string($0) })
        }
    }
}

extension Listener {
    /// Kong's entry of `proxy_listeners`: a member per flag, absent patterns under the pattern's own text.
    func json(_ subsystem: Subsystem) -> JSONValue {
        var object: JSONObject = [
            "ip": .string(ip), "port": .integer(Int64(port)), "listener": .string(text),
        ]
        for pattern in subsystem.flags {
            if let flag = flags.first(where: { FlagPattern.matches($0, pattern) }) {
                object[flag] = .bool(true)
            } else {
                object[pattern] = .bool(false)
            }
        }
        return .object(object)
    }
}
