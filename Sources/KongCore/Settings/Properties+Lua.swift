extension Properties {
    /// Lua runtime.
    static let lua: [Property] = [
        Property(
            "lua_socket_pool_size", .number, default: "256",
            inert: "no Lua sockets; upstream_keepalive_* sizes the pools",
            doc: "Idle cosocket connections"),
        Property("lua_package_path", default: "./?.lua;./?/init.lua;", inert: "no Lua runs here", doc: "Lua only"),
        Property("lua_package_cpath", inert: "no Lua runs here", doc: "Lua only"),
        Property("lua_max_req_headers", .number, default: "100", doc: "Request headers read by plugins/router, 1–1000"),
        Property("lua_max_resp_headers", .number, default: "100", doc: "Response headers"),
        Property("lua_max_uri_args", .number, default: "100", doc: "Query arguments"),
        Property("lua_max_post_args", .number, default: "100", doc: "Form arguments"),
        Property(
            "untrusted_lua", default: "sandbox", allowed: ["on", "off", "sandbox"], inert: "no Lua runs here",
            doc: "off, sandbox, on"),
        Property(
            "untrusted_lua_sandbox_requires", .array, inert: "no Lua runs here",
            doc: "Modules allowed in the sandbox"),
        Property(
            "untrusted_lua_sandbox_environment", .array, inert: "no Lua runs here",
            doc: "Extra globals in the sandbox"),
    ]
}
