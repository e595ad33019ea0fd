// What tells the flavours of classic routes apart, as far as it is in the route. Source: Kong's
// `kong/router/traditional.lua` (marshall_route, sort_routes, sort_categories) and `kong/router/transform.lua`.

extension RouteDefinition {
    /// As the `traditional` flavour sees it: every path weighs for itself, a plain host that names the request's port
    /// more than one without, and of equals the older route wins.
    public var traditional: [RouteDefinition] {
        var route = self
        // The router knows ties by id, the greater one first.
        route.id = UUIDBytes(high: .max - UInt64(clamping: createdAt), low: id.high)
        let weight = Priority.traditionalHosts(hosts)
        route.traditionalHosts = weight
        var parts = [route]
        let named = hosts.filter(Priority.isPlainWithPort)
        if !named.isEmpty {
            parts[0].hosts = hosts.filter { !Priority.isPlainWithPort($0) }
            if parts[0].hosts.isEmpty { parts = [] }
            route.hosts = named
            route.traditionalHosts = weight | Priority.namedPort
            parts.append(route)
        }
        guard paths.count > 1 else { return parts }
        return parts.flatMap { part in
            paths.map { path in
                var single = part
                single.paths = [path]
                return single
            }
        }
    }

    /// As the `traditional_compatible` flavour sees it: patterns of headers are in small letters, like the values.
    public var compatible: RouteDefinition {
        var route = self
        for index in route.headers.indices {
            route.headers[index].values = route.headers[index].values.map { value in
                guard value.starts(with: "~*".utf8) else { return value }
                return Array(ExpressionRoute.lowercasedPattern(String(decoding: value, as: UTF8.self)).utf8)
            }
        }
        return route
    }
}

extension Priority {
    static let namedPort: UInt64 = 1 << 55

    static func isPlainWithPort(_ host: [UInt8]) -> Bool {
        !host.contains(UInt8(ascii: "*")) && HostPattern.split(host).port != 0
    }

    static func traditionalHosts(_ hosts: [[UInt8]]) -> UInt64 {
        let wildcards = hosts.filter { $0.contains(UInt8(ascii: "*")) }
        let hasWildcardPort = wildcards.contains { HostPattern.split($0).port != 0 }
        return (hasWildcardPort ? 1 << 54 : 0) | (!hosts.isEmpty && wildcards.isEmpty ? 1 << 53 : 0)
    }

    /// Bits 61-63: matched categories; 56-60: which (hosts, headers, paths, methods, snis); 55: a plain host with its
    /// port; 54: some wildcard host with a port; 53: plain hosts only; 52: regex path; 44-51: header names; 12-43:
    /// regex_priority or path length.
    static func traditional(
        _ route: RouteDefinition, hosts: UInt64, hasPaths: Bool, regex: Bool, pathLength: Int
    ) -> UInt64 {
        var bits = hosts
        let categories = [
            !route.hosts.isEmpty, !route.headers.isEmpty, hasPaths, !route.methods.isEmpty, !route.snis.isEmpty,
        ]
        for (position, isMatched) in categories.enumerated() where isMatched {
            bits += 1 << 61
            bits |= 1 << UInt64(60 - position)
        }
        if regex { bits |= 1 << 52 }
        bits |= UInt64(min(route.headers.count, 255)) << 44
        // Negative priorities come below zero.
        let weight = regex ? Int64(Int32(clamping: route.regexPriority)) + 1 << 31 : Int64(min(pathLength, 0x7FFFF))
        return bits | UInt64(clamping: weight) << 12
    }
}
