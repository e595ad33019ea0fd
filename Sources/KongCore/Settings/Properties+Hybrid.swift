extension Properties {
    /// Hybrid.
    static let hybrid: [Property] = [
        Property(
            "role", default: "traditional", allowed: ["data_plane", "control_plane", "traditional"],
            doc: "Traditional, control_plane, data_plane"),
        Property(
            "cluster_listen", .array, default: "0.0.0.0:8005", inert: "not part of this version yet",
            doc: "Control plane listeners for data planes (always TLS)"),
        Property(
            "cluster_control_plane", default: "127.0.0.1:8005", inert: "not part of this version yet",
            doc: "Host:port of the control plane (data plane side)"),
        Property(
            "cluster_cert", inert: "not part of this version yet",
            doc: "Hybrid certificate: path, base64 or PEM text"),
        Property("cluster_cert_key", secret: true, inert: "not part of this version yet", doc: "Key of cluster_cert"),
        Property(
            "cluster_mtls", default: "shared", allowed: ["shared", "pki"], inert: "not part of this version yet",
            doc: "Shared = both sides hold the same pair; pki = CA-verified"),
        Property(
            "cluster_ca_cert", inert: "not part of this version yet",
            doc: "CA of client certificates in pki mode"),
        Property(
            "cluster_server_name", inert: "not part of this version yet",
            doc: "SNI used by data planes in pki mode"),
        Property(
            "cluster_data_plane_purge_delay", .number, default: "1209600", inert: "not part of this version yet",
            doc: "Seconds a silent data plane stays in the table (ttl); minimum 60"),
        Property(
            "cluster_ocsp", default: "off", allowed: ["on", "off", "optional"], inert: "not part of this version yet",
            doc: "OCSP checking of data-plane certificates"),
        Property(
            "cluster_max_payload", .number, default: "16777216", inert: "not part of this version yet",
            doc: "Max uncompressed config payload in bytes; minimum 4194304"),
        Property(
            "cluster_use_proxy", .boolean, default: "off", inert: "not part of this version yet",
            doc: "Reach the control plane through proxy_server"),
        Property(
            "cluster_dp_labels", .array, inert: "not part of this version yet",
            doc: "Key:value labels reported by a data plane (at most 10 pairs of 63 characters)"),
        Property(
            "cluster_rpc", .boolean, default: "off", inert: "not part of this version yet",
            doc: "Open /v2/outlet JSON-RPC"),
        Property(
            "cluster_rpc_sync", .boolean, default: "off", inert: "not part of this version yet",
            doc: "Incremental sync (kong.sync.v2); needs cluster_rpc"),
        Property(
            "cluster_cjson", .boolean, default: "off", inert: "there is one JSON encoder",
            doc: "Serialise the config with cjson instead of the faster encoder"),
        Property(
            "dedicated_config_processing", .boolean, default: "on", inert: "the admin process does that",
            doc: "Extra privileged process handles config on data planes"),
        Property(
            "kic", .boolean, default: "off", inert: "there is no ingress controller mode",
            doc: "Set by the ingress controller"),
    ]
}
