/// One property of kong.conf, declared once: from the declaration come parsing,
/// validation, kong.conf.default, the documentation and the nearest-name report.
public struct Property: Sendable {
    /// How the text of a value is read.
    public enum Kind: String, Sendable {
        case string, number, boolean, array
        /// Stays `on` or `off`, as nginx spells it.
        case nginxBoolean = "ngx_boolean"
    }

    public var name: String
    public var kind: Kind
    /// The text that kong.conf would hold; nil when the property is unset by default.
    public var defaultText: String?
    /// The only values accepted; nil when any is.
    public var allowed: [String]?
    /// Printed as `******` wherever the running configuration is shown.
    public var isSecret: Bool
    /// Why the property has no effect in this product; nil when it has one.
    public var inertReason: String?
    /// One line for kong.conf.default and the documentation.
    public var doc: String

    init(
        _ name: String, _ kind: Kind = .string, default defaultText: String? = nil, allowed: [String]? = nil,
        secret: Bool = false, inert: String? = nil, doc: String
    ) {
        self.name = name
        self.kind = kind
        self.defaultText = defaultText
        self.allowed = allowed
        self.isSecret = secret
        self.inertReason = inert
        self.doc = doc
    }
}

/// Every property, by section, in the order kong.conf.default prints them.
public enum Properties {
    public struct Section: Sendable {
        public let title: String
        public let properties: [Property]
    }

    public static let sections: [Section] = [
        Section(title: "General", properties: general),
        Section(title: "Listeners and nginx", properties: listeners),
        Section(title: "TLS", properties: tls),
        Section(title: "Database", properties: database),
        Section(title: "DNS", properties: dns),
        Section(title: "Router and workers", properties: router),
        Section(title: "Hybrid mode", properties: hybrid),
        Section(title: "Kong Manager", properties: manager),
        Section(title: "Observability and Wasm", properties: observability),
        Section(title: "Limits and Lua", properties: lua),
        Section(title: "Injected nginx directives", properties: injected),
    ]

    public static let all: [Property] = sections.flatMap(\.properties)

    static let byName: [String: Property] = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

    public static func named(_ name: String) -> Property? { byName[name] }

    /// Old spellings: the old name fills the new one when only the old one was given.
    static let aliases: [(old: String, new: String)] = [
        ("nginx_user", "nginx_main_user"),
        ("nginx_daemon", "nginx_main_daemon"),
        ("nginx_worker_processes", "nginx_main_worker_processes"),
        ("real_ip_header", "nginx_proxy_real_ip_header"),
        ("real_ip_recursive", "nginx_proxy_real_ip_recursive"),
        ("opentelemetry_tracing", "tracing_instrumentations"),
        ("opentelemetry_tracing_sampling_rate", "tracing_sampling_rate"),
        ("privileged_worker", "dedicated_config_processing"),
        ("router_consistency", "worker_consistency"),
    ]

    /// Names that are not declared one by one.
    static let dynamicPrefixes = NginxBlock.allCases.map(\.prefix) + ["vault_", "pluginserver_", "nginx_wasm_"]

    static func isKnown(_ name: String) -> Bool {
        byName[name] != nil || dynamicPrefixes.contains { name.hasPrefix($0) } || aliases.contains { $0.old == name }
    }
}
