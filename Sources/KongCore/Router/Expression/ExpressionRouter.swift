/// The router of the `expressions` flavour: the route of highest priority whose expression holds.
///
/// Routes hang at the hosts and path prefixes without which they cannot match, so that a request meets few of those
/// that it does not match. Routes are added and removed in place.
public final class ExpressionRouter {
    private struct Entry {
        var priority: UInt64
        /// Ties: the greater UUID wins.
        var tie: UUIDBytes
        /// The caller's number for the route.
        var route: Int32
        var expression: CompiledExpression

        func wins(over other: Entry) -> Bool {
            priority != other.priority ? priority > other.priority : other.tie < tie
        }
    }

    private struct Place {
        var node: Int32
        var host: ExpressionFilter.Host?
    }

    private struct HostTree {
        var root: Int32
        var references: Int
    }

    private var paths = PathTrie()
    private let anyHost: Int32
    /// The ends of hosts from their last byte on; a node's list is the root of a tree of paths.
    private var hostEnds = PathTrie()
    private let hostEndsRoot: Int32
    /// Whole names too: a name's tree hangs at its end, and counts only if the host ends there as well.
    private var hostNames = PathTrie()
    private let hostNamesRoot: Int32
    private var hostBeginnings = PathTrie()
    private let hostBeginningsRoot: Int32
    private var hostTrees: [ExpressionFilter.Host: HostTree] = [:]
    private var lists: ContiguousArray<ContiguousArray<Entry>> = []
    private var freeLists: [Int32] = []
    private var places: [Int32: [Place]] = [:]

    public init() {
        anyHost = paths.addRoot()
        hostEndsRoot = hostEnds.addRoot()
        hostNamesRoot = hostNames.addRoot()
        hostBeginningsRoot = hostBeginnings.addRoot()
    }

    public var isEmpty: Bool { places.isEmpty }
}

// MARK: - Matching

extension ExpressionRouter {
    public struct Match: Sendable {
        /// The number that the route was added with.
        public var route: Int
        public var path: MatchedPath
        /// The expression that matched the path, for its captures.
        public var regex: Regex2?
    }

    public func match(_ request: some RoutableRequest) -> Match? {
        var best: Entry?
        var finding = PathFinding()
        // One list of small letters for the path, one for the host, which is turned round once.
        CompiledExpression.withLowercase(request.path) { path in
            search(anyHost, path, request, &best, &finding)
            guard !hostTrees.isEmpty, let host = request.host, !host.isEmpty else { return }
            CompiledExpression.withLowercase(host) { host in
                hostNames.walk(hostNamesRoot, host) { root, length in
                    if length == host.count { search(root, path, request, &best, &finding) }
                }
                hostBeginnings.walk(hostBeginningsRoot, host) { root, _ in
                    search(root, path, request, &best, &finding)
                }
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: host.count) { reversed in
                    for index in 0..<host.count { reversed[index] = host[host.count - 1 - index] }
                    hostEnds.walk(hostEndsRoot, UnsafeBufferPointer(reversed)) { root, _ in
                        search(root, path, request, &best, &finding)
                    }
                }
            }
        }
        guard let best else { return nil }
        let expression = best.expression
        return Match(
            route: Int(best.route), path: expression.matchedPath(finding, request.path),
            regex: finding.regex >= 0 && Int(finding.regex) < expression.regexes.count
                ? expression.regexes[Int(finding.regex)] : nil)
    }

    private func search(
        _ root: Int32, _ path: UnsafeBufferPointer<UInt8>, _ request: some RoutableRequest,
        _ best: inout Entry?, _ finding: inout PathFinding
    ) {
        paths.walk(root, path) { list, _ in
            lists[Int(list)].withUnsafeBufferPointer { entries in
                for entry in entries {
                    if let best, !entry.wins(over: best) { return }
                    var found = PathFinding()
                    if entry.expression.holds(for: request, &found) {
                        best = entry
                        finding = found
                        return
                    }
                }
            }
        }
    }
}

// MARK: - Adding and removing

extension ExpressionRouter {
    /// Adds a route under the caller's number.
    /// - Throws: when its expression does not compile; the router is then unchanged.
    public func add(_ route: ExpressionRoute, as number: Int) throws(RouteExpressionError) {
        var entries: [(entry: Entry, filter: ExpressionFilter)] = []
        let schemes = route.schemes
        for variant in route.variants {
            let expression = try RouteExpression(parsing: variant.text)
            try expression.check(.http)
            let entry = Entry(
                priority: variant.priority, tie: variant.id, route: Int32(number),
                expression: try CompiledExpression(expression, schemes: schemes))
            entries.append((entry, ExpressionFilter(expression)))
        }
        for (entry, filter) in entries {
            for host in filter.hosts.map({ $0.map(Optional.some) }) ?? [nil] {
                for path in filter.paths ?? [[]] { hang(entry, host: host, path: path) }
            }
        }
    }

    /// Removes what was added under this number.
    public func remove(_ number: Int) {
        for place in places.removeValue(forKey: Int32(number)) ?? [] {
            let list = paths.nodes[Int(place.node)].list
            if list >= 0 {
                lists[Int(list)].removeAll { $0.route == Int32(number) }
                if lists[Int(list)].isEmpty {
                    freeLists.append(list)
                    paths.setList(place.node, -1)
                    paths.prune(place.node)
                }
            }
            if let host = place.host { release(host) }
        }
    }

    private func hang(_ entry: Entry, host: ExpressionFilter.Host?, path: [UInt8]) {
        let root = host.map(retain) ?? anyHost
        let node = paths.insert(root, path[...])
        var list = paths.nodes[Int(node)].list
        if list < 0 {
            list = freeLists.popLast() ?? Int32(lists.count)
            if Int(list) == lists.count { lists.append([]) }
            paths.setList(node, list)
        }
        let position = lists[Int(list)].partitioningIndex { entry.wins(over: $0) }
        lists[Int(list)].insert(entry, at: position)
        places[entry.route, default: []].append(Place(node: node, host: host))
    }

    private func retain(_ host: ExpressionFilter.Host) -> Int32 {
        if let known = hostTrees[host] {
            hostTrees[host] = HostTree(root: known.root, references: known.references + 1)
            return known.root
        }
        let root = paths.addRoot()
        setRoot(root, of: host)
        hostTrees[host] = HostTree(root: root, references: 1)
        return root
    }

    private func release(_ host: ExpressionFilter.Host) {
        guard let known = hostTrees[host] else { return }
        if known.references > 1 {
            hostTrees[host] = HostTree(root: known.root, references: known.references - 1)
            return
        }
        hostTrees[host] = nil
        // The emptied tree of paths stays behind: it is one node.
        setRoot(-1, of: host)
    }

    private func setRoot(_ root: Int32, of host: ExpressionFilter.Host) {
        func set(_ trie: inout PathTrie, _ trieRoot: Int32, _ text: [UInt8]) {
            let node = trie.insert(trieRoot, text[...])
            trie.setList(node, root)
            if root < 0 { trie.prune(node) }
        }
        switch host {
        case .exactly(let name): set(&hostNames, hostNamesRoot, name)
        case .ending(let text): set(&hostEnds, hostEndsRoot, text.reversed())
        case .beginning(let text): set(&hostBeginnings, hostBeginningsRoot, text)
        }
    }
}

extension ContiguousArray {
    /// The first index whose element satisfies a predicate that all after it satisfy as well.
    fileprivate func partitioningIndex(_ belongsAfter: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if belongsAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension ExpressionRoute {
    /// What the connection of a request must speak. A route of https alone matches plain requests too: they are
    /// answered with a redirect.
    fileprivate var schemes: Set<String> {
        if protocols.count == 1, ["https", "tls", "tls_passthrough"].contains(protocols[0]) { return [] }
        return Set(protocols.map { ["grpc": "http", "grpcs": "https"][$0] ?? $0 })
    }
}
