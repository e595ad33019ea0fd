extension Properties {
    /// TLS.
    static let tls: [Property] = [
        Property("ssl_cert", .array, doc: "Default proxy certificate(s): paths, base64 or PEM; generated when empty"),
        Property("ssl_cert_key", .array, secret: true, doc: "Keys, same order and count"),
        Property(
            "ssl_cipher_suite", default: "intermediate",
            doc: "TLS profile: modern, intermediate, old, fips or custom"),
        Property("ssl_ciphers", doc: "OpenSSL cipher list when custom"),
        Property("ssl_protocols", default: "TLSv1.2 TLSv1.3", doc: "Overridden by the suite unless it is custom"),
        Property(
            "ssl_prefer_server_ciphers", .nginxBoolean, default: "on",
            doc: "Overridden by the suite unless it is custom"),
        Property("ssl_dhparam", doc: "Group name (ffdhe2048…), path, base64 or PEM"),
        Property("ssl_session_tickets", .nginxBoolean, default: "on", doc: "TLS tickets"),
        Property("ssl_session_timeout", default: "1d", doc: "TLS session lifetime"),
        Property("ssl_session_cache_size", default: "10m", doc: "TLS session cache"),
        Property("client_ssl", .boolean, default: "off", doc: "Present a client certificate to upstreams by default"),
        Property("client_ssl_cert", doc: "Certificate presented to upstreams"),
        Property("client_ssl_cert_key", secret: true, doc: "Key of client_ssl_cert"),
        Property("admin_ssl_cert", .array, doc: "Admin API certificate(s)"),
        Property("admin_ssl_cert_key", .array, secret: true, doc: "Keys of admin_ssl_cert"),
        Property("admin_gui_ssl_cert", .array, doc: "GUI certificate(s)"),
        Property("admin_gui_ssl_cert_key", .array, secret: true, doc: "Keys of admin_gui_ssl_cert"),
        Property("status_ssl_cert", .array, doc: "Status API certificate(s)"),
        Property("status_ssl_cert_key", .array, secret: true, doc: "Keys of status_ssl_cert"),
        Property(
            "lua_ssl_trusted_certificate", .array, default: "system",
            doc: "CA list: system, paths, base64/PEM; combined into <prefix>/.ca_combined"),
        Property("lua_ssl_verify_depth", .number, default: "1", doc: "Chain depth"),
        Property(
            "lua_ssl_protocols", default: "TLSv1.2 TLSv1.3", inert: "no Lua sockets",
            doc: "Outgoing TLS versions"),
    ]
}
