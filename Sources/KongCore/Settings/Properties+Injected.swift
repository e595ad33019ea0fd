extension Properties {
    /// nginx injection defaults.
    static let injected: [Property] = [
        Property("nginx_main_daemon", default: "on", doc: "nginx daemon"),
        Property(
            "nginx_main_user", default: "kong kong",
            doc: "nginx user; nobody or a missing kong account → not set"),
        Property("nginx_main_worker_processes", default: "auto", doc: "nginx worker_processes"),
        Property(
            "nginx_main_worker_rlimit_nofile", default: "auto",
            doc: "Auto = ulimit -n, at most 16384, at least 1024"),
        Property("nginx_events_worker_connections", default: "auto", doc: "Auto, same formula"),
        Property("nginx_events_multi_accept", default: "on", doc: "nginx multi_accept"),
        Property("nginx_http_charset", default: "UTF-8", doc: "nginx charset"),
        Property(
            "nginx_http_request_pool_size", default: "12k",
            doc: "Memory that a request begins with: enough for one with plugins, so that it needs no second piece"),
        Property("nginx_http_client_max_body_size", default: "0", doc: "Request body limit of the proxy, 0 = none"),
        Property("nginx_http_client_body_buffer_size", default: "8k", doc: "Buffer before spooling to disk"),
        Property("nginx_http_ssl_protocols", doc: "Injected directive, filled from ssl_protocols/suite"),
        Property(
            "nginx_http_ssl_prefer_server_ciphers",
            doc: "Filled from the property without nginx_http_ or nginx_stream_"),
        Property("nginx_http_ssl_dhparam", doc: "Filled from the property without nginx_http_ or nginx_stream_"),
        Property(
            "nginx_http_ssl_session_tickets",
            doc: "Filled from the property without nginx_http_ or nginx_stream_"),
        Property(
            "nginx_http_ssl_session_timeout",
            doc: "Filled from the property without nginx_http_ or nginx_stream_"),
        Property("nginx_http_ssl_conf_command", doc: "Ssl_conf_command"),
        Property("nginx_http_proxy_ssl_conf_command", doc: "Proxy_ssl_conf_command"),
        Property("nginx_http_lua_ssl_conf_command", inert: "no Lua sockets", doc: "For outgoing sockets"),
        Property("nginx_http_grpc_ssl_conf_command", doc: "Grpc_ssl_conf_command"),
        Property(
            "nginx_http_lua_regex_match_limit", default: "100000", inert: "expressions match in linear time",
            doc: "PCRE match limit"),
        Property(
            "nginx_http_lua_regex_cache_max_entries", default: "8192",
            inert: "expressions are compiled once per change",
            doc: "PCRE cache entries per worker"),
        Property("nginx_http_keepalive_requests", default: "10000", doc: "Requests per client connection"),
        Property("nginx_stream_ssl_conf_command", doc: "Stream ssl_conf_command"),
        Property("nginx_stream_proxy_ssl_conf_command", doc: "Stream proxy_ssl_conf_command"),
        Property("nginx_stream_lua_ssl_conf_command", inert: "no Lua sockets", doc: "For outgoing sockets"),
        Property("nginx_stream_ssl_protocols", doc: "Like the http ones"),
        Property(
            "nginx_stream_ssl_prefer_server_ciphers",
            doc: "Filled from the property without nginx_http_ or nginx_stream_"),
        Property("nginx_stream_ssl_dhparam", doc: "Filled from the property without nginx_http_ or nginx_stream_"),
        Property(
            "nginx_stream_ssl_session_tickets",
            doc: "Filled from the property without nginx_http_ or nginx_stream_"),
        Property(
            "nginx_stream_ssl_session_timeout",
            doc: "Filled from the property without nginx_http_ or nginx_stream_"),
        Property("nginx_proxy_real_ip_header", default: "X-Real-IP", doc: "Realip source header (or proxy_protocol)"),
        Property("nginx_proxy_real_ip_recursive", default: "off", doc: "Realip recursion"),
        Property("nginx_admin_client_max_body_size", default: "10m", doc: "Admin API body limit"),
        Property(
            "nginx_admin_client_body_buffer_size", default: "10m", inert: "the Admin API is not served by nginx",
            doc: "Admin API buffer"),
    ]
}
