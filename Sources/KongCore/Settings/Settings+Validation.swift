/// The checks that need no file; `kong check` adds those that do.
extension Settings {
    func validate(_ violations: inout [String]) {
        checkPortMaps(&violations)
        checkCertificatePairs(&violations)
        checkManagerPath(&violations)
        checkNames(&violations)
        checkNumbers(&violations)
        checkTrustedIPs(&violations)
        checkTracing(&violations)
        checkHybrid(&violations)
        if database == "cassandra" {
            violations.append(
                "Cassandra as a datastore for Kong is not supported in versions 3.4 and above. Please use Postgres.")
        }
        if let id = string("node_id"), !id.isUUID { violations.append("node_id must be a valid UUID") }
    }

    private func checkPortMaps(_ violations: inout [String]) {
        for entry in list("port_maps") {
            let parts = entry.split(separator: ":", omittingEmptySubsequences: false)
            let ports = parts.compactMap { Int($0) }.filter { (1...65535).contains($0) }
            if parts.count != 2 || ports.count != 2 {
                violations.append("invalid port mapping (`port_maps`): \(entry)")
            }
        }
    }

    private func checkCertificatePairs(_ violations: inout [String]) {
        for prefix in ["", "admin_", "admin_gui_", "status_", "client_"] {
            let certificate = "\(prefix)ssl_cert"
            let key = "\(prefix)ssl_cert_key"
            let (certificates, keys) = (list(certificate).count, list(key).count)
            if certificates > 0, keys == 0 { violations.append("\(key) must be specified") }
            if keys > 0, certificates == 0 { violations.append("\(certificate) must be specified") }
            if certificates > 0, keys > 0, certificates != keys {
                violations.append(
                    "\(certificate) was specified \(certificates) times while \(key) was specified \(keys) times")
            }
        }
    }

    private func checkManagerPath(_ violations: inout [String]) {
        guard let path = string("admin_gui_path") else { return }
        if !path.hasPrefix("/") { violations.append("admin_gui_path must start with a slash ('/')") }
        if path.count > 1, path.hasSuffix("/") { violations.append("admin_gui_path must not end with a slash ('/')") }
        if !path.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_/".contains($0)) }) {
            violations.append(
                "admin_gui_path can only contain letters, digits, hyphens ('-'), underscores ('_'), and slashes ('/')")
        }
        if path.contains("//") { violations.append("admin_gui_path must not contain continuous slashes ('/')") }
    }

    private func checkNames(_ violations: inout [String]) {
        for name in ["dns_resolver", "resolver_address"] {
            for server in list(name) {
                let host = HostAndPort.split(server)?.host ?? ""
                let bare = HostAndPort.bare(host)
                guard !IPAddress.isV4(bare), !IPAddress.isV6(bare) else { continue }
                violations.append(
                    "\(name) must be a comma separated list in the form of IPv4/6 or IPv4/6:port, got '\(server)'")
                break
            }
        }
        for entry in list("dns_order") where !["LAST", "A", "AAAA", "CNAME", "SRV"].contains(entry.uppercased()) {
            violations.append("dns_order: invalid entry '\(entry)'")
        }
        for entry in list("resolver_family") where !["A", "AAAA", "SRV"].contains(entry.uppercased()) {
            violations.append("resolver_family: invalid entry '\(entry)'")
        }
    }

    private func checkNumbers(_ violations: inout [String]) {
        for prefix in ["pg_", "pg_ro_"] {
            for suffix in ["max_concurrent_queries", "semaphore_timeout", "keepalive_timeout", "pool_size", "backlog"] {
                guard let value = number(prefix + suffix) else { continue }
                // Zero means unlimited for the first and is the default; the others need a real size.
                if value < 0 { violations.append("\(prefix)\(suffix) must be greater than 0") }
                if value != value.rounded() {
                    violations.append("\(prefix)\(suffix) must be an integer greater than 0")
                }
            }
        }
        if let seconds = number("worker_state_update_frequency"), seconds <= 0 {
            violations.append("worker_state_update_frequency must be greater than 0")
        }
        for suffix in ["pool_size", "max_requests", "idle_timeout"] {
            if let value = number("upstream_keepalive_\(suffix)"), value < 0 {
                violations.append("upstream_keepalive_\(suffix) must be 0 or greater")
            }
        }
        for name in ["lua_max_req_headers", "lua_max_resp_headers", "lua_max_uri_args", "lua_max_post_args"] {
            guard let value = number(name) else { continue }
            if value != value.rounded() || !(1...1000).contains(value) {
                violations.append("\(name) must be an integer between 1 and 1000")
            }
        }
        for name in ["snapshot_map_size"] where string(name).flatMap(Self.bytes) == nil {
            violations.append("\(name) must be a size such as 512m or 2g, got '\(string(name) ?? "")'")
        }
    }

    private func checkTrustedIPs(_ violations: inout [String]) {
        guard let wrong = trustedIPs.first(where: { $0 != "unix:" && !IPAddress.isAddressOrBlock($0) }) else { return }
        violations.append(
            "trusted_ips must be a comma separated list in the form of IPv4 or IPv6 address or CIDR block or 'unix:', "
                + "got '\(wrong)'")
    }

    private func checkTracing(_ violations: inout [String]) {
        let known = [
            "off", "all", "request", "db_query", "dns_query", "router", "balancer", "http_client", "plugin_access",
            "plugin_rewrite", "plugin_header_filter",
        ]
        let types = list("tracing_instrumentations")
        for type in types where !known.contains(type) { violations.append("invalid tracing type: \(type)") }
        if types.contains("off"), types.count > 1 {
            violations.append("invalid tracing types: off, other types are mutually exclusive")
        }
        if let rate = number("tracing_sampling_rate"), !(0...1).contains(rate) {
            violations.append("tracing_sampling_rate must be between 0 and 1")
        }
    }
}
