extension FieldValidator {
    private static func text(
        _ name: String, _ check: @escaping @Sendable (String) -> String?
    ) -> FieldValidator {
        FieldValidator(name) { value, _ in value.stringValue.flatMap(check).map(JSONValue.string) }
    }

    /// A host without a port: name or address.
    public static let host = text("host") { hostError($0) }

    /// A host name: neither an address nor a port.
    public static let sni = text("sni") { sniError($0) }

    /// A host with or without a port.
    public static let hostWithOptionalPort = text("host_with_optional_port") { hostWithPortError($0) }

    /// A host of a route; the position of its wildcard is checked elsewhere.
    public static let hostWithWildcards = text("host_with_wildcards") {
        hostWithPortError($0.replacing("*", with: "abc"))
    }

    /// A host name with at most one wildcard, first or last.
    public static let wildcardHost = text("wildcard_host") { wildcardHostError($0) }

    /// The host and port of an upstream's target.
    public static let target = text("target") { text in
        (try? HostName(parsing: text)) == nil ? "Invalid target ('\(text)'); not a valid hostname or ip address" : nil
    }

    /// The name of an upstream stands in for a host.
    public static let upstreamName = text("upstream_name") { text in
        let prefix = "Invalid name ('\(text)'); "
        switch parse(text) {
        case .failure: return prefix + "must be a valid hostname"
        case .success(let host) where host.kind != .name: return prefix + "no ip addresses allowed"
        case .success(let host): return host.port == nil ? nil : prefix + "no port allowed"
        }
    }

    public static let ip = text("ip") { IPText.isAddress($0[...]) ? nil : "not an ip address: \($0)" }

    public static let ipOrCIDR = text("ip_or_cidr") {
        IPText.isAddressOrRange($0) ? nil : "invalid ip or cidr range: '\($0)'"
    }

    private static func parse(_ text: String) -> Result<HostName, HostNameError> {
        do throws(HostNameError) { return .success(try HostName(parsing: text)) } catch { return .failure(error) }
    }

    private static func hostError(_ text: String) -> String? {
        switch parse(text) {
        case .failure(.invalidPort): "must not have a port"
        case .failure: Message.match(text)
        case .success(let host): host.port == nil ? nil : "must not have a port"
        }
    }

    private static func sniError(_ text: String) -> String? {
        switch parse(text) {
        case .failure(.invalidPort): "must not have a port"
        case .failure: Message.match(text)
        case .success(let host) where host.kind != .name: "must not be an IP"
        case .success(let host): host.port == nil ? nil : "must not have a port"
        }
    }

    private static func hostWithPortError(_ text: String) -> String? {
        if case .failure(let error) = parse(text) { error.message } else { nil }
    }

    private static func wildcardHostError(_ text: String) -> String? {
        let wildcards = text.utf8.count { $0 == UInt8(ascii: "*") }
        guard wildcards > 0 else { return sniError(text) }
        // Kong looks at the first wildcard only before it counts.
        guard text.hasPrefix("*") || text.firstIndex(of: "*") == text.indices.last else {
            return "wildcard must be leftmost or rightmost character"
        }
        if wildcards > 1 { return "only one wildcard must be specified" }
        return sniError(text.replacing("*", with: "wildcard"))
    }
}
