/// One way in which a route can match: the route itself, or one group of its paths.
///
/// Source: Kong's `kong/router/transform.lua`: a route whose paths mix regexes and plain paths, or plain paths
/// of different lengths, is split into groups, each a candidate with a priority of its own.
struct Candidate {
    /// Higher wins; see `Priority`.
    var priority: UInt64
    /// Ties: the greater UUID wins.
    var tie: UUIDBytes
    /// The caller's number for the route.
    var route: Int32
    /// Empty: any method.
    var methods: MethodSet
    /// Index into the router's conditions; -1: nothing beyond host, path and these methods.
    var conditions: Int32
    /// Index into the router's regexes; -1: a plain path, or none.
    var regex: Int32
    /// 0: any port of the host.
    var hostPort: UInt16
    /// The next candidate of the same list; -1: the last one.
    var next: Int32 = -1

    func wins(over other: Candidate) -> Bool {
        priority != other.priority ? priority > other.priority : other.tie < tie
    }
}

/// What must hold beyond host, path and the well-known methods.
struct Conditions: Sendable {
    struct Header: Sendable {
        var name: [UInt8]
        var values: [[UInt8]]
        var regexes: [Regex2]
    }
    var methods: [[UInt8]] = []
    var headers: [Header] = []
    var snis: [[UInt8]] = []

    var isEmpty: Bool { methods.isEmpty && headers.isEmpty && snis.isEmpty }
}

/// The 64-bit priority of the `traditional_compatible` flavour.
///
/// Bits 61-63: matched categories; 60: plain hosts only; 59: regex path; 51-58: header names;
/// 19-50: regex_priority; 0-18: path length. Source: `kong/router/transform.lua` get_priority; that a regex
/// path comes before headers is what a running Kong 3.9.3 answers.
enum Priority {
    static func traditionalCompatible(_ route: RouteDefinition, hasPaths: Bool, regex: Bool, pathLength: Int) -> UInt64
    {
        if let hosts = route.traditionalHosts {
            return traditional(route, hosts: hosts, hasPaths: hasPaths, regex: regex, pathLength: pathLength)
        }
        var categories: UInt64 = 0
        if !route.methods.isEmpty { categories += 1 }
        if !route.hosts.isEmpty { categories += 1 }
        if !route.headers.isEmpty { categories += 1 }
        if !route.snis.isEmpty { categories += 1 }
        if hasPaths { categories += 1 }
        let plainHosts = !route.hosts.isEmpty && !route.hosts.contains { $0.contains(UInt8(ascii: "*")) }
        var bits = categories << 61
        if plainHosts { bits |= 1 << 60 }
        bits |= UInt64(min(route.headers.count, 255)) << 51
        if regex {
            bits |= 1 << 59
            bits |= (UInt64(bitPattern: route.regexPriority) & 0xFFFF_FFFF) << 19
        } else {
            bits |= UInt64(min(pathLength, 0x7FFFF))
        }
        return bits
    }
}
