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
    /// The expression that matched the path, for its captures.
    public var regex: Regex2?
}

/// Kong's `traditional_compatible` router: the candidate of highest priority among all that match.
///
/// Every host (exact, `*.x`, `x.*`, or none) has a prefix tree of paths; a candidate hangs at the node of its
/// path, a regex at the node of its literal prefix. A match walks at most a handful of trees, whatever the
/// number of routes. Routes are added and removed in place.
public final class Router {
    private var trie = PathTrie()
    private let anyHost: Int32
    private var hosts = ByteTable()
    private var suffixHosts = 0  // how many `*.x` trees there are
    private var prefixHosts = 0
    private var lists: ContiguousArray<ContiguousArray<Candidate>> = []
    private var freeLists: [Int32] = []
    private var conditions: ContiguousArray<Conditions> = []
    private var freeConditions: [Int32] = []
    private var regexes: ContiguousArray<Regex2?> = []
    private var freeRegexes: [Int32] = []
    /// Where each route's candidates hang, for removal.
    private var places: [Int32: [Place]] = [:]

    private struct Place {
        var node: Int32
        var host: [UInt8]?
    }

    public init() {
        anyHost = trie.addRoot()
    }

    public var isEmpty: Bool { places.isEmpty }
}

// MARK: - Matching

extension Router {
    /// - Parameter header: the values of a request header (name in lower case), or nil when it is absent.
    public func match(_ query: RouteQuery, header: (_ name: [UInt8]) -> [[UInt8]]?) -> RouteMatch? {
        var best: Candidate?
        var length = 0
        search(anyHost, query, header, &best, &length)
        if !query.host.isEmpty && hosts.count > 0 {
            let root = hosts.find(query.host)
            if root >= 0 { search(root, query, header, &best, &length) }
            if suffixHosts > 0 || prefixHosts > 0 { searchWildcards(query, header, &best, &length) }
        }
        guard let best else { return nil }
        return RouteMatch(
            route: Int(best.route), pathLength: length, regex: best.regex >= 0 ? regexes[Int(best.regex)] : nil)
    }

    private func searchWildcards(
        _ query: RouteQuery, _ header: (_ name: [UInt8]) -> [[UInt8]]?,
        _ best: inout Candidate?, _ length: inout Int
    ) {
        let host = query.host
        // One byte more than the host's text on either side for the asterisk.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: host.count + 1) { key in
            for position in 0..<host.count where host[position] == UInt8(ascii: ".") {
                if suffixHosts > 0 {
                    key[0] = UInt8(ascii: "*")
                    let rest = host.count - position
                    for offset in 0..<rest { key[1 + offset] = host[position + offset] }
                    let root = hosts.find(UnsafeBufferPointer(rebasing: key[..<(rest + 1)]))
                    if root >= 0 { search(root, query, header, &best, &length) }
                }
                if prefixHosts > 0 {
                    for offset in 0...position { key[offset] = host[offset] }
                    key[position + 1] = UInt8(ascii: "*")
                    let root = hosts.find(UnsafeBufferPointer(rebasing: key[..<(position + 2)]))
                    if root >= 0 { search(root, query, header, &best, &length) }
                }
            }
        }
    }

    @inline(__always)
    private func search(
        _ root: Int32, _ query: RouteQuery, _ header: (_ name: [UInt8]) -> [[UInt8]]?,
        _ best: inout Candidate?, _ length: inout Int
    ) {
        let path = query.path
        let port = query.port
        let method = query.method
        let methodName = query.methodName
        let sni = query.sni
        trie.walk(root, path) { list, prefix in
            lists[Int(list)].withUnsafeBufferPointer { candidates in
                for candidate in candidates {
                    if let best, !candidate.wins(over: best) { return }
                    if candidate.hostPort != 0 && candidate.hostPort != port { continue }
                    if !candidate.methods.isEmpty && candidate.methods.isDisjoint(with: method) { continue }
                    if candidate.conditions >= 0,
                        !holds(conditions[Int(candidate.conditions)], method, methodName, sni, header)
                    {
                        continue
                    }
                    if candidate.regex >= 0 {
                        guard let matched = regexes[Int(candidate.regex)]?.prefixMatch(path) else { continue }
                        length = matched
                    } else {
                        length = prefix
                    }
                    best = candidate
                    return
                }
            }
        }
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

// MARK: - Adding and removing

extension Router {
    public struct Rejection: Error, Sendable {
        public var reason: String
    }

    /// Adds a route under the caller's number.
    /// - Throws: when a path's or header's expression does not compile; the router is then unchanged.
    public func add(_ route: RouteDefinition, as number: Int) throws(Rejection) {
        var condition = Conditions()
        var mask: MethodSet = []
        for method in route.methods {
            let set = MethodSet(name: method)
            mask.formUnion(set)
            if set == .other { condition.methods.append(method) }
        }
        for header in route.headers {
            var values: [[UInt8]] = []
            var expressions: [Regex2] = []
            for value in header.values {
                if value.starts(with: [UInt8(ascii: "~"), UInt8(ascii: "*")]) {
                    expressions.append(try compile(Array(value.dropFirst(2))))
                } else {
                    values.append(lowercased(value))
                }
            }
            condition.headers.append(.init(name: header.name, values: values, regexes: expressions))
        }
        condition.snis = route.snis.map { $0.last == UInt8(ascii: ".") ? Array($0.dropLast()) : $0 }

        // Compile before anything is inserted.
        var plain: [[UInt8]] = []
        var expressions: [(prefix: [UInt8], regex: Regex2)] = []
        for path in route.paths {
            if path.first == UInt8(ascii: "~") {
                let pattern = Regex2.re2Syntax(Array(path.dropFirst()))
                expressions.append((Regex2.literalPrefix(pattern), try compile(pattern)))
            } else {
                plain.append(path)
            }
        }
        let groups = Set(plain.map(\.count)).count + (expressions.isEmpty ? 0 : 1)

        var conditionIndex: Int32 = -1
        if !condition.isEmpty {
            conditionIndex = freeConditions.popLast() ?? Int32(conditions.count)
            if Int(conditionIndex) == conditions.count {
                conditions.append(condition)
            } else {
                conditions[Int(conditionIndex)] = condition
            }
        }
        var group: UInt64 = 0
        var lengthGroups: [Int: UInt64] = [:]
        func tie(_ number: UInt64) -> UUIDBytes {
            groups > 1 ? GroupIdentifier.make(route.id, number) : route.id
        }
        let hostKeys = route.hosts.isEmpty ? [nil] : route.hosts.map(Optional.some)

        if route.paths.isEmpty {
            let candidate = Candidate(
                priority: Priority.traditionalCompatible(route, hasPaths: false, regex: false, pathLength: 0),
                tie: route.id, route: Int32(number), methods: mask, conditions: conditionIndex, regex: -1, hostPort: 0)
            for host in hostKeys { hang(candidate, host: host, path: []) }
            return
        }
        for path in route.paths where path.first != UInt8(ascii: "~") {
            let groupNumber: UInt64
            if let known = lengthGroups[path.count] {
                groupNumber = known
            } else {
                group += 1
                groupNumber = group
                lengthGroups[path.count] = group
            }
            let candidate = Candidate(
                priority: Priority.traditionalCompatible(route, hasPaths: true, regex: false, pathLength: path.count),
                tie: tie(groupNumber), route: Int32(number), methods: mask, conditions: conditionIndex, regex: -1,
                hostPort: 0)
            for host in hostKeys { hang(candidate, host: host, path: path) }
        }
        group += 1
        for (prefix, regex) in expressions {
            let index = freeRegexes.popLast() ?? Int32(regexes.count)
            if Int(index) == regexes.count { regexes.append(regex) } else { regexes[Int(index)] = regex }
            let candidate = Candidate(
                priority: Priority.traditionalCompatible(route, hasPaths: true, regex: true, pathLength: 0),
                tie: tie(group), route: Int32(number), methods: mask, conditions: conditionIndex, regex: index,
                hostPort: 0)
            for host in hostKeys { hang(candidate, host: host, path: prefix) }
        }
    }

    /// Removes what was added under this number.
    public func remove(_ number: Int) {
        guard let placed = places.removeValue(forKey: Int32(number)) else { return }
        var conditionIndexes: Set<Int32> = []
        var regexIndexes: Set<Int32> = []
        for place in placed {
            let list = trie.nodes[Int(place.node)].list
            guard list >= 0 else { continue }
            lists[Int(list)].removeAll { candidate in
                guard candidate.route == Int32(number) else { return false }
                if candidate.conditions >= 0 { conditionIndexes.insert(candidate.conditions) }
                if candidate.regex >= 0 { regexIndexes.insert(candidate.regex) }
                return true
            }
            if lists[Int(list)].isEmpty {
                freeLists.append(list)
                trie.setList(place.node, -1)
                trie.prune(place.node)
            }
            if let host = place.host { release(host) }
        }
        for index in conditionIndexes {
            conditions[Int(index)] = Conditions()
            freeConditions.append(index)
        }
        for index in regexIndexes {
            regexes[Int(index)] = nil
            freeRegexes.append(index)
        }
    }

    private func hang(_ candidate: Candidate, host: [UInt8]?, path: [UInt8]) {
        var candidate = candidate
        var root = anyHost
        var key: [UInt8]?
        if let host {
            let (name, port) = HostPattern.split(host)
            candidate.hostPort = port
            key = name
            root = retain(name)
        }
        let node = trie.insert(root, path[...])
        var list = trie.nodes[Int(node)].list
        if list < 0 {
            list = freeLists.popLast() ?? Int32(lists.count)
            if Int(list) == lists.count { lists.append([]) }
            trie.setList(node, list)
        }
        let position = lists[Int(list)].firstIndex { candidate.wins(over: $0) } ?? lists[Int(list)].count
        lists[Int(list)].insert(candidate, at: position)
        places[candidate.route, default: []].append(Place(node: node, host: key))
    }

    private func retain(_ host: [UInt8]) -> Int32 {
        if let root = hosts.retain(host) { return root }
        let root = trie.addRoot()
        hosts.insert(host, root)
        if host.first == UInt8(ascii: "*") {
            suffixHosts += 1
        } else if host.last == UInt8(ascii: "*") {
            prefixHosts += 1
        }
        return root
    }

    private func release(_ host: [UInt8]) {
        // An emptied root stays: it is one node, and the host is likely to come back.
        hosts.release(host)
    }

    private func compile(_ pattern: [UInt8]) throws(Rejection) -> Regex2 {
        do { return try Regex2(pattern) } catch { throw Rejection(reason: error.reason) }
    }

    private func lowercased(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
    }
}
