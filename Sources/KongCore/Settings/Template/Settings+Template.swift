/// What rendering needs to know about the machine and the installation.
public struct RenderFacts: Sendable {
    /// Absolute path of the module; nil when nginx loads it by itself.
    public var modulePath: String?
    /// The soft limit of open files, for `auto`.
    public var openFilesLimit: Int
    /// Whether nginx's master can change its user.
    public var isRoot: Bool
    public var hasAccount: @Sendable (String) -> Bool
    /// Default pair(s) of the proxy listeners, used when `ssl_cert` is unset.
    public var defaultCertificates: [(certificate: String, key: String)]
    /// Names set true by `--nginx-conf-flags`.
    public var flags: [String]
    /// The plugins that `plugins = bundled` stands for.
    public var bundledPlugins: [String]
    /// What `node_id` is when the settings do not say.
    public var nodeID: String?

    public init(
        modulePath: String? = nil, openFilesLimit: Int = 1024, isRoot: Bool = true,
        hasAccount: @escaping @Sendable (String) -> Bool = { _ in true },
        defaultCertificates: [(certificate: String, key: String)] = [], flags: [String] = [],
        bundledPlugins: [String] = [], nodeID: String? = nil
    ) {
        self.modulePath = modulePath
        self.openFilesLimit = openFilesLimit
        self.isRoot = isRoot
        self.hasAccount = hasAccount
        self.defaultCertificates = defaultCertificates
        self.flags = flags
        self.bundledPlugins = bundledPlugins
        self.nodeID = nodeID
    }
}

extension Settings {
    /// Everything a template can name: the properties and what is derived from them.
    public func templateValues(_ facts: RenderFacts) -> [String: TemplateValue] {
        var table = values.mapValues { TemplateValue($0) }
        for property in Properties.all where property.kind == .array && table[property.name] == nil {
            table[property.name] = .list([])
        }
        for (name, listeners) in listeners {
            let stem = String(name.dropLast("_listen".count))
            table[stem + "_listeners"] = .list(listeners.map(\.templateValue))
            table[stem + "_ssl_enabled"] = .boolean(listeners.contains(where: \.isTLS))
        }
        for (block, directives) in directives {
            let resolved = directives.compactMap { resolve($0, facts) }
            table[block.listName] = .list(
                resolved.map { .table(["name": .string($0.name), "value": .string($0.value)]) })
        }
        if list("ssl_cert").isEmpty {
            table["ssl_cert"] = .list(facts.defaultCertificates.map { .string($0.certificate) })
            table["ssl_cert_key"] = .list(facts.defaultCertificates.map { .string($0.key) })
        }
        table["proxy_access_log"] = .string(log(string("proxy_access_log") ?? "off", format: " kong_log_format"))
        table["proxy_error_log"] = .string(log(string("proxy_error_log") ?? "off"))
        table["kong_module"] = facts.modulePath.map { .string($0) }
        table["snapshot_path"] = .string(snapshotPath)
        table["node_socket"] = .string(nodeSocketPath)
        table["kong_settings"] = .list(
            workerSettings(facts).map { .table(["name": .string($0.name), "value": .string($0.value)]) })
        for flag in facts.flags { table[flag] = .boolean(true) }
        return table
    }

    /// Absolute, so that the text also works when somebody else's nginx.conf includes it.
    private func log(_ value: String, format: String = "") -> String {
        let parts = value.split(separator: " ", maxSplits: 1).map(String.init)
        guard let path = parts.first, path != "off", path != "stderr" else { return value }
        let rest = parts.count > 1 ? " " + parts[1] : format
        if path.hasPrefix("syslog:") || path.hasPrefix("memory:") { return path + rest }
        return Self.quoted(Path.absolute(path, in: prefix)) + rest
    }

    /// `auto` and the account of the workers depend on the machine.
    private func resolve(_ directive: NginxDirective, _ facts: RenderFacts) -> NginxDirective? {
        switch (directive.name, directive.value) {
        case ("worker_rlimit_nofile", "auto"), ("worker_connections", "auto"):
            return NginxDirective(name: directive.name, value: String(max(1024, min(16384, facts.openFilesLimit))))
        case ("user", let user):
            let account = user.split(separator: " ").first.map(String.init) ?? user
            guard facts.isRoot, account != "nobody" else { return nil }
            // The default account need not exist; one that somebody named must, and nginx says so.
            return given["nginx_main_user"] == nil && !facts.hasAccount(account) ? nil : directive
        default:
            return directive
        }
    }

    /// The settings that workers read, as words of `kong_setting`.
    func workerSettings(_ facts: RenderFacts) -> [NginxDirective] {
        var settings = Self.workerProperties.compactMap { name -> NginxDirective? in
            guard let value = values[name] else { return nil }
            let words = if case .list(let items) = value { items } else { [value.text] }
            return NginxDirective(name: name, value: words.map(Self.quoted).joined(separator: " "))
        }
        if values["node_id"] == nil, let id = facts.nodeID {
            settings.append(NginxDirective(name: "node_id", value: Self.quoted(id)))
        }
        let plugins = loadedPlugins(bundled: facts.bundledPlugins).sorted()
        settings.append(
            NginxDirective(
                name: "plugins", value: plugins.isEmpty ? "off" : plugins.map(Self.quoted).joined(separator: " ")))
        return settings.sorted { $0.name < $1.name }
    }

    static let workerProperties = [
        "allow_debug_header", "client_ssl", "client_ssl_cert", "client_ssl_cert_key", "database", "dns_cache_size",
        "dns_error_ttl", "dns_hostsfile", "dns_not_found_ttl", "dns_order", "dns_resolver", "dns_stale_ttl",
        "dns_valid_ttl", "error_default_type", "error_template_html", "error_template_json", "error_template_plain",
        "error_template_xml", "headers", "headers_upstream", "log_level", "lua_max_post_args", "lua_max_req_headers",
        "lua_max_resp_headers", "lua_max_uri_args", "lua_ssl_trusted_certificate", "lua_ssl_verify_depth", "node_id",
        "port_maps", "request_debug", "request_debug_token", "role", "router_flavor", "tracing_instrumentations",
        "tracing_sampling_rate", "trusted_ips", "upstream_keepalive_idle_timeout", "upstream_keepalive_max_requests",
        "upstream_keepalive_pool_size", "vault_env_prefix", "vaults",
    ]

    /// One word of an nginx configuration, whatever it holds.
    public static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "._:/-@+,".utf8.contains(byte)
            }
        if isPlain { return word }
        var out = "\""
        for character in word {
            if character == "\"" || character == "\\" { out.append("\\") }
            out.append(character)
        }
        return out + "\""
    }
}

extension Listener {
    var templateValue: TemplateValue {
        .table([
            "ip": .string(ip), "port": .number(Double(port)), "listener": .string(text), "ssl": .boolean(isTLS),
            "http2": .boolean(isHTTP2), "proxy_protocol": .boolean(usesProxyProtocol),
        ])
    }
}
