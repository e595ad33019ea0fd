extension Properties {
    /// Listeners and nginx.
    static let listeners: [Property] = [
        Property(
            "proxy_listen", .array,
            default: "0.0.0.0:8000 reuseport backlog=16384, 0.0.0.0:8443 http2 ssl reuseport backlog=16384",
            doc: "HTTP(S) proxy listeners"),
        Property(
            "stream_listen", .array, default: "off", inert: "not part of this version yet",
            doc: "TCP/UDP/TLS proxy listeners"),
        Property(
            "admin_listen", .array,
            default: "127.0.0.1:8001 reuseport backlog=16384, 127.0.0.1:8444 http2 ssl reuseport backlog=16384",
            doc: "Admin API listeners"),
        Property(
            "admin_gui_listen", .array, default: "0.0.0.0:8002, 0.0.0.0:8445 ssl",
            inert: "not part of this version yet",
            doc: "Kong Manager listeners"),
        Property(
            "status_listen", .array, default: "127.0.0.1:8007 reuseport backlog=16384",
            doc: "Status API listeners"),
        Property(
            "headers", .array, default: "server_tokens, latency_tokens, x-kong-request-id",
            doc: "Response headers the gateway may add, or off"),
        Property(
            "headers_upstream", .array, default: "x-kong-request-id",
            doc: "Request headers added towards upstream: x-kong-request-id or off"),
        Property(
            "trusted_ips", .array,
            doc: "Addresses/CIDRs (or unix:) whose X-Forwarded-* are believed; also set_real_ip_from"),
        Property("real_ip_header", default: "X-Real-IP", doc: "Alias of nginx_proxy_real_ip_header"),
        Property("real_ip_recursive", .nginxBoolean, default: "off", doc: "Alias of nginx_proxy_real_ip_recursive"),
        Property(
            "error_default_type", default: "text/plain",
            allowed: ["application/json", "application/xml", "text/html", "text/plain"],
            doc: "Media type of nginx-level errors without Accept/Content-Type"),
        Property(
            "upstream_keepalive_pool_size", .number, default: "512",
            doc: "Idle connections per upstream pool and worker; 0 disables"),
        Property(
            "upstream_keepalive_max_requests", .number, default: "10000",
            doc: "Requests per upstream connection; 0 = unlimited"),
        Property(
            "upstream_keepalive_idle_timeout", .number, default: "60",
            doc: "Seconds an idle upstream connection is kept; 0 = unlimited"),
        Property("allow_debug_header", .boolean, default: "off", doc: "Honour Kong-Debug: 1"),
        Property(
            "client_body_buffer_size", default: "8k", inert: "use nginx_http_client_body_buffer_size",
            doc: "Legacy name, no effect besides being shown"),
        Property("nginx_user", default: "kong kong", doc: "Alias of nginx_main_user"),
        Property("nginx_worker_processes", default: "auto", doc: "Alias of nginx_main_worker_processes"),
        Property("nginx_daemon", .nginxBoolean, default: "on", doc: "Alias of nginx_main_daemon"),
    ]
}
