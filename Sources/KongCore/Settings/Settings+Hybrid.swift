/// Cross-checks of hybrid mode and of the forward proxy.
extension Settings {
    func checkHybrid(_ violations: inout [String]) {
        checkForwardProxy(&violations)
        if role == "control_plane" || role == "data_plane" {
            if string("cluster_cert") == nil || string("cluster_cert_key") == nil {
                violations.append("cluster certificate and key must be provided to use Hybrid mode")
            }
        }
        switch role {
        case "control_plane": checkControlPlane(&violations)
        case "data_plane": checkDataPlane(&violations)
        default: break
        }
        if let seconds = number("cluster_data_plane_purge_delay"), seconds < 60 {
            violations.append("cluster_data_plane_purge_delay must be 60 or greater")
        }
        if let bytes = number("cluster_max_payload"), bytes < 4_194_304 {
            violations.append("cluster_max_payload must be 4194304 (4MB) or greater")
        }
    }

    private func checkControlPlane(_ violations: inout [String]) {
        if adminListen.isEmpty { violations.append("admin_listen must be specified when role = \"control_plane\"") }
        if string("cluster_mtls") == "pki", string("cluster_ca_cert") == nil {
            violations.append("cluster_ca_cert must be specified when cluster_mtls = \"pki\"")
        }
        if listeners["cluster_listen"]?.isEmpty ?? true {
            violations.append("cluster_listen must be specified when role = \"control_plane\"")
        }
        if database == "off" { violations.append("in-memory storage can not be used when role = \"control_plane\"") }
        if isOn("cluster_use_proxy") {
            violations.append("cluster_use_proxy can not be used when role = \"control_plane\"")
        }
        if !list("cluster_dp_labels").isEmpty {
            violations.append("cluster_dp_labels can not be used when role = \"control_plane\"")
        }
    }

    private func checkDataPlane(_ violations: inout [String]) {
        if proxyListen.isEmpty { violations.append("proxy_listen must be specified when role = \"data_plane\"") }
        if database != "off" {
            violations.append(
                "only in-memory storage can be used when role = \"data_plane\"\n"
                    + "Hint: set database = off in your kong.conf")
        }
        if isOn("cluster_use_proxy"), string("proxy_server") == nil {
            violations.append("cluster_use_proxy is turned on but no proxy_server is configured")
        }
    }

    private func checkForwardProxy(_ violations: inout [String]) {
        guard let server = string("proxy_server") else { return }
        let parts = server.components(separatedBy: "://")
        guard parts.count == 2, !parts[0].isEmpty else {
            violations.append("proxy_server missing scheme")
            return
        }
        if !["http", "https"].contains(parts[0]) {
            violations.append("proxy_server only supports \"http\" and \"https\", got \(parts[0])")
        }
        if parts[1].isEmpty || parts[1].hasPrefix("/") { violations.append("proxy_server missing host") }
        if parts[1].contains(where: { "?#;".contains($0) }) {
            violations.append("fragments, query strings or parameters are meaningless in proxy configuration")
        }
    }
}
