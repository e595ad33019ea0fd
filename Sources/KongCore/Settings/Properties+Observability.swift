extension Properties {
    /// Observability and Wasm.
    static let observability: [Property] = [
        Property(
            "tracing_instrumentations", .array, default: "off",
            doc: "off, all, or a list of request, db_query, dns_query, router, balancer, http_client, plugin_*"),
        Property("tracing_sampling_rate", .number, default: "0.01", doc: "0–1"),
        Property("opentelemetry_tracing", .array, default: "off", doc: "Deprecated alias of tracing_instrumentations"),
        Property(
            "opentelemetry_tracing_sampling_rate", .number, default: "0.01",
            doc: "Deprecated alias of tracing_sampling_rate"),
        Property(
            "wasm", .boolean, default: "off", inert: "WebAssembly filters are not supported",
            doc: "Enable WebAssembly filters"),
        Property("wasm_filters_path", inert: "WebAssembly filters are not supported", doc: "Directory of *.wasm"),
        Property(
            "wasm_filters", .array, default: "bundled,user", inert: "WebAssembly filters are not supported",
            doc: "Bundled, user, off, names"),
        Property("wasm_dynamic_module", inert: "WebAssembly filters are not supported", doc: "Internal"),
    ]
}
