extension Properties {
    /// General.
    static let general: [Property] = [
        Property("prefix", default: "/usr/local/kong/", doc: "Working directory (KONG prefix); made absolute"),
        Property(
            "log_level", default: "notice",
            allowed: ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"],
            doc: "Error log level of nginx and Kong; also used by the CLI"),
        Property(
            "proxy_access_log", default: "logs/access.log",
            doc: "Access log of the proxy: a path, a path and a format name, or off"),
        Property("proxy_error_log", default: "logs/error.log", doc: "Error log of the proxy, level from log_level"),
        Property(
            "proxy_stream_access_log", default: "logs/access.log basic",
            doc: "Access log of stream listeners (path and format)"),
        Property("proxy_stream_error_log", default: "logs/error.log", doc: "Error log of stream listeners"),
        Property(
            "admin_access_log", default: "logs/admin_access.log",
            doc: "Access log of the Admin API; off disables"),
        Property("admin_error_log", default: "logs/error.log", doc: "Error log of the Admin API"),
        Property("admin_gui_access_log", default: "logs/admin_gui_access.log", doc: "Access log of the GUI listener"),
        Property("admin_gui_error_log", default: "logs/admin_gui_error.log", doc: "Error log of the GUI listener"),
        Property("status_access_log", default: "off", doc: "Access log of the Status API"),
        Property("status_error_log", default: "logs/status_error.log", doc: "Error log of the Status API"),
        Property("vaults", .array, default: "bundled", doc: "Vault types to load: bundled (env), off, or names"),
        Property(
            "plugins", .array, default: "bundled",
            doc: "Plugins to load: bundled, off, or names. One that a stored entity uses must be listed"),
        Property(
            "pluginserver_names", .array, inert: "plugins are Swift and run inside nginx; there are no plugin servers",
            doc: "External plugin servers; each has pluginserver_<name>_socket, _start_cmd, _query_cmd"),
        Property(
            "port_maps", .array,
            doc: "List host:listener port pairs (e.g. 80:8000) used for X-Forwarded-Port, matching and logs"),
        Property("host_ports", inert: "filled from port_maps", doc: "Filled from port_maps"),
        Property("anonymous_reports", .boolean, default: "on", doc: "Usage ping to Kong Inc.; nothing is ever sent"),
        Property(
            "proxy_server", secret: true, inert: "not part of this version yet",
            doc: "Http(s) forward proxy URL for hybrid and AWS/… SDK traffic"),
        Property(
            "proxy_server_ssl_verify", .boolean, default: "on", inert: "not part of this version yet",
            doc: "Verify the TLS certificate of that proxy"),
        Property("error_template_html", doc: "File replacing the HTML error template (two %s: message, request id)"),
        Property("error_template_json", doc: "File replacing the JSON error template"),
        Property("error_template_xml", doc: "File replacing the XML error template"),
        Property("error_template_plain", doc: "File replacing the plain text error template"),
        Property("node_id", doc: "Fixed UUID of the node; otherwise made once and kept in <prefix>/kong.id"),
        Property("request_debug", .boolean, default: "on", doc: "Request debugging feature"),
        Property("request_debug_token", doc: "Fixed token; else a UUID per start"),
        Property("openresty_path", doc: "Where to look for nginx"),
    ]
}
