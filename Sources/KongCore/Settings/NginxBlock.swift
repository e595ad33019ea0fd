/// The blocks of nginx.conf that `nginx_<block>_<directive>` properties reach.
public enum NginxBlock: String, Sendable, CaseIterable {
    case main, events, http, upstream, proxy, location, admin, status, stream, supstream, sproxy

    /// `nginx_http_` …
    public var prefix: String { "nginx_\(rawValue)_" }

    /// The list's name in templates: `nginx_http_directives`.
    public var listName: String { "nginx_\(rawValue)_directives" }
}

/// A directive that the settings put into a block.
public struct NginxDirective: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension NginxBlock {
    /// Directives that other properties own, or that only OpenResty has.
    private static let ownedElsewhere: Set<String> = [
        "upstream_keepalive", "upstream_keepalive_timeout", "upstream_keepalive_requests",
    ]

    func accepts(_ directive: String) -> Bool {
        !Self.ownedElsewhere.contains(directive) && !directive.hasPrefix("lua_")
    }

    /// The directives of this block, sorted by name; `NONE` removes one.
    func directives(in values: [String: SettingValue]) -> [NginxDirective] {
        var found: [NginxDirective] = []
        for (name, value) in values where name.hasPrefix(prefix) {
            let directive = String(name.dropFirst(prefix.count))
            guard accepts(directive), value.text != "NONE" else { continue }
            found.append(NginxDirective(name: directive, value: value.text))
        }
        return found.sorted { $0.name < $1.name }
    }
}
