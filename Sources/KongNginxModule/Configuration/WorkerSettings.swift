import KongCore
import NginxKit

/// The settings of `kong.conf` that a worker acts on, as the `kong_setting` directives gave them.
struct WorkerSettings {
    private var values: [String: [String]] = [:]

    /// Response headers that the gateway may add.
    let serverHeader: Bool
    let viaHeader: Bool
    let proxyLatency: Bool
    let upstreamLatency: Bool
    let responseLatency: Bool
    let upstreamStatus: Bool
    let requestIDHeader: Bool
    /// `X-Kong-Request-Id` to the upstream.
    let upstreamRequestID: Bool
    let debugHeader: Bool
    let routerFlavor: String
    let isTraditional: Bool
    let trusted: AddressRanges
    let errorDefault: ErrorPage.Media
    let templates: ErrorPage.Templates
    /// Listener port → port that the outside sees.
    let portMaps: [UInt: UInt16]
    /// Plugin names that are switched on; nil: all bundled ones.
    let plugins: Set<String>?
    let nodeID: String
    /// What the `env` vault puts before names.
    let environmentPrefix: String?
    /// Types of vaults that references may name.
    let vaults: String?

    init(_ conf: UnsafePointer<kng_main_conf_t>) {
        var values: [String: [String]] = [:]
        if let settings = conf.pointee.settings {
            let list = UnsafeBufferPointer(
                start: settings.pointee.elts?.assumingMemoryBound(to: kng_setting_t.self),
                count: Int(settings.pointee.nelts))
            for setting in list {
                guard let array = setting.values else { continue }
                let texts = UnsafeBufferPointer(
                    start: array.pointee.elts?.assumingMemoryBound(to: ngx_str_t.self), count: Int(array.pointee.nelts))
                values[setting.name.string, default: []] += texts.map(\.string).flatMap(Self.list)
            }
        }
        self.values = values

        let headers = values["headers"] ?? ["server_tokens", "latency_tokens", "x-kong-request-id"]
        let names = Set(headers.map { $0.lowercased() })
        let off = names.contains("off")
        func has(_ name: String, _ group: String) -> Bool { !off && (names.contains(name) || names.contains(group)) }
        serverHeader = has("server", "server_tokens")
        viaHeader = has("via", "server_tokens")
        proxyLatency = has("x-kong-proxy-latency", "latency_tokens")
        upstreamLatency = has("x-kong-upstream-latency", "latency_tokens")
        responseLatency = has("x-kong-response-latency", "latency_tokens")
        upstreamStatus = has("x-kong-upstream-status", "x-kong-upstream-status")
        requestIDHeader = has("x-kong-request-id", "x-kong-request-id")
        let upstream = values["headers_upstream"] ?? ["x-kong-request-id"]
        upstreamRequestID = upstream.contains { $0.lowercased() == "x-kong-request-id" }
        debugHeader = Self.on(values["allow_debug_header"])
        routerFlavor = values["router_flavor"]?.first ?? "traditional_compatible"
        isTraditional = routerFlavor == "traditional"
        trusted = AddressRanges(values["trusted_ips"] ?? [])
        errorDefault = values["error_default_type"]?.first.flatMap { ErrorPage.Media(type: $0) } ?? .plain
        templates = ErrorTemplates.load(values)
        var maps: [UInt: UInt16] = [:]
        for map in values["port_maps"] ?? [] {
            let pair = map.split(separator: ":")
            if pair.count == 2, let outside = UInt16(pair[0]), let inside = UInt(pair[1]) { maps[inside] = outside }
        }
        portMaps = maps
        let listed = values["plugins"] ?? ["bundled"]
        plugins = listed.contains("bundled") ? nil : Set(listed)
        nodeID = values["node_id"]?.first ?? ""
        environmentPrefix = values["vault_env_prefix"]?.first
        vaults = values["vaults"]?.joined(separator: ",")
    }

    /// Values may come as one comma list or one by one.
    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    private static func on(_ values: [String]?) -> Bool { values?.first == "on" || values?.first == "true" }

    func isEnabled(plugin name: String) -> Bool { plugins?.contains(name) ?? true }
}
