import KongCore

extension AdminConfiguration {
    /// What the settings say about the Admin API.
    /// - Parameter plugins: the names that `plugins` resolves to, in load order.
    public init(_ settings: Settings, plugins: [String]) {
        self.init()
        database = settings.string("database") ?? database
        role = settings.string("role").flatMap(Role.init) ?? role
        let headers = Set(settings.headers.map { $0.lowercased() })
        sendsLatency = headers.contains("latency_tokens") || headers.contains("x-kong-admin-latency")
        sendsServer = headers.contains("server_tokens") || headers.contains("server")
        allowedOrigins = settings.list("admin_gui_url").compactMap(Self.origin)
        logLevel = settings.string("log_level") ?? logLevel
        wasm = settings.isOn("wasm")
        routerFlavor = settings.string("router_flavor") ?? routerFlavor
        enabledPlugins = plugins
        published = settings.publicJSON()
        bodyLimitBytes = Self.bytes(settings.string("nginx_admin_client_max_body_size") ?? "10m") ?? bodyLimitBytes
    }

    /// scheme://authority of a URL, exactly as it is written.
    static func origin(_ url: String) -> String? {
        guard let colon = url.firstRange(of: "://") else { return nil }
        let authority = url[colon.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return authority.isEmpty ? nil : "\(url[..<colon.upperBound])\(authority)"
    }

    /// nginx's sizes: `10m`, `8k`, `1g`, `100`.
    static func bytes(_ text: String) -> Int? {
        let units: [Character: Int] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        guard let last = text.lowercased().last else { return nil }
        guard let unit = units[last] else { return Int(text) }
        guard let number = Int(text.dropLast()) else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? nil : bytes
    }
}

extension AdminListener {
    /// - Parameter property: `admin_listen` or `status_listen`; its certificate settings share the prefix.
    /// Without a certificate of its own a listener shows the one that `kong prepare` makes.
    static func all(_ property: String, of settings: Settings) -> [AdminListener] {
        let prefix = property.dropLast("_listen".count)
        var tls = TLS(
            certificate: "\(settings.prefix)/ssl/\(prefix)-kong-default.crt",
            key: "\(settings.prefix)/ssl/\(prefix)-kong-default.key")
        if let certificate = settings.list("\(prefix)_ssl_cert").first,
            let key = settings.list("\(prefix)_ssl_cert_key").first
        {
            tls = TLS(certificate: certificate, key: key)
        }
        return (settings.listeners[property] ?? []).map { listener in
            AdminListener(
                address: .tcp(host: listener.ip, port: listener.port), tls: listener.isTLS ? tls : nil,
                http2: listener.isHTTP2, backlog: listener.backlog ?? 16384)
        }
    }
}
