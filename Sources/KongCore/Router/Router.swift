/// What a request offers to the router, as bytes that live for the length of the call.
public struct RouteQuery {
    /// In normal form (`PathNormalization`).
    public var path: UnsafeBufferPointer<UInt8>
    /// The Host header without its port, as received; empty when there is none.
    public var host: UnsafeBufferPointer<UInt8>
    /// The Host header's port, else the listener's.
    public var port: UInt16
    public var method: MethodSet
    public var methodName: UnsafeBufferPointer<UInt8>
    /// nil on plain http, where `snis` is vacuously true.
    public var sni: UnsafeBufferPointer<UInt8>?

    public init(
        path: UnsafeBufferPointer<UInt8>, host: UnsafeBufferPointer<UInt8>, port: UInt16, method: MethodSet,
        methodName: UnsafeBufferPointer<UInt8>, sni: UnsafeBufferPointer<UInt8>?
    ) {
        self.path = path
        self.host = host
        self.port = port
        self.method = method
        self.methodName = methodName
        self.sni = sni
    }
}

public struct RouteMatch: Sendable {
    /// The number that the route was added with.
    public var route: Int
    /// How many leading bytes of the path the route's path matched; 0 without one.
    public var pathLength: Int
}

/// Kong's `traditional_compatible` router: the candidate of highest priority among all that match.
///
/// Every host (exact, `*.x`, `x.*`, or none) has a prefix tree of paths; a candidate hangs at the node of its
/// path, a regex at the node of its literal prefix. A match walks at most a handful of trees, whatever the
/// number of routes. Routes are added and removed in place (`Router+Changes.swift`).
public final class Router {
    var trie = PathTrie()
    let anyHost: Int32
    var hosts = HostTable()
    var candidates = CandidateLists()
    var places = CandidatePlaces()
    var conditions: ContiguousArray<Conditions> = []
    var freeConditions: [Int32] = []
    var regexes: ContiguousArray<Regex2?> = []
    var freeRegexes: [Int32] = []

    public init() {
        anyHost = trie.addRoot()
    }

    public var isEmpty: Bool { places.count == 0 }
}

extension Router {
    /// - Parameter header: the values of a request header (name in lower case), or nil when it is absent.
    public func match(_ query: RouteQuery, header: (_ name: [UInt8]) -> [[UInt8]]?) -> RouteMatch? {
        candidates.all.withUnsafeBufferPointer { all in
            var best: Int32 = -1
            var length = 0
            search(anyHost, all, query, header, &best, &length)
            if !query.host.isEmpty && !hosts.isEmpty {
                hosts.forEachRoot(query.host) { search($0, all, query, header, &best, &length) }
            }
            guard best >= 0 else { return nil }
            return RouteMatch(route: Int(all[Int(best)].route), pathLength: length)
        }
    }

    @inline(__always)
    private func search(
        _ root: Int32, _ all: UnsafeBufferPointer<Candidate>, _ query: RouteQuery,
        _ header: (_ name: [UInt8]) -> [[UInt8]]?, _ best: inout Int32, _ length: inout Int
    ) {
        let path = query.path
        trie.walk(root, path) { list, prefix in
            var index = list
            while index >= 0 {
                let candidate = all[Int(index)]
                if best >= 0, !candidate.wins(over: all[Int(best)]) { return }
                if let matched = matches(candidate, query, prefix, header) {
                    length = matched
                    best = index
                    return
                }
                index = candidate.next
            }
        }
    }

    /// How much of the path a candidate takes; nil when it does not match.
    @inline(__always)
    private func matches(
        _ candidate: Candidate, _ query: RouteQuery, _ prefix: Int, _ header: (_ name: [UInt8]) -> [[UInt8]]?
    ) -> Int? {
        if candidate.hostPort != 0 && candidate.hostPort != query.port { return nil }
        if !candidate.methods.isEmpty && candidate.methods.isDisjoint(with: query.method) { return nil }
        if candidate.conditions >= 0,
            !holds(conditions[Int(candidate.conditions)], query.method, query.methodName, query.sni, header)
        {
            return nil
        }
        return candidate.regex >= 0 ? regexes[Int(candidate.regex)]?.prefixMatch(query.path) : prefix
    }

    private func holds(
        _ conditions: Conditions, _ method: MethodSet, _ methodName: UnsafeBufferPointer<UInt8>,
        _ sni: UnsafeBufferPointer<UInt8>?, _ header: (_ name: [UInt8]) -> [[UInt8]]?
    ) -> Bool {
        if method == .other, !conditions.methods.isEmpty,
            !conditions.methods.contains(where: { $0.elementsEqual(methodName) })
        {
            return false
        }
        if let sni, !conditions.snis.isEmpty, !conditions.snis.contains(where: { HostPattern.matches($0, sni) }) {
            return false
        }
        for condition in conditions.headers {
            guard let values = header(condition.name) else { return false }
            let matched = values.contains { value in
                condition.values.contains(value)
                    || value.withUnsafeBufferPointer { bytes in condition.regexes.contains { $0.contains(bytes) } }
            }
            if !matched { return false }
        }
        return true
    }
}
