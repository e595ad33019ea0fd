/// The router of the `expressions` flavour: the route of highest priority whose expression holds.
///
/// Routes hang at the hosts and path prefixes without which they cannot match, so that a request meets few of those
/// that it does not match; those that need neither, at values of headers and arguments. Routes are added and removed
/// in place.
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

    private enum Place {
        case path(node: Int32, host: ExpressionFilter.Host?)
        case value(field: Int, node: Int32)
    }

    /// Routes by the value of one field.
    private final class FieldTree {
        let field: ExpressionFilter.Field
        var values = PathTrie()
        let root: Int32
        var references = 0

        init(_ field: ExpressionFilter.Field) {
            self.field = field
            root = values.addRoot()
        }
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
    /// In the order in which fields were first met.
    private var fieldTrees: ContiguousArray<FieldTree> = []
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
        for tree in fieldTrees where tree.references > 0 { search(tree, request, &best, &finding) }
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
        paths.walk(root, path) { list, _ in evaluate(list, request, &best, &finding) }
    }

    private func search(
        _ tree: FieldTree, _ request: some RoutableRequest, _ best: inout Entry?, _ finding: inout PathFinding
    ) {
        func look(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
            CompiledExpression.withLowercase(value) { value in
                tree.values.walk(tree.root, value) { list, length in
                    if length == value.count { evaluate(list, request, &best, &finding) }
                }
            }
            return true
        }
        switch tree.field {
        case .serverName: if let name = request.serverName { _ = look(name) }
        case .header(let name): name.withUnsafeBufferPointer { request.forEachHeader($0, look) }
        case .query(let name):
            name.withUnsafeBufferPointer { QueryArguments.forEach($0, in: request.query, look) }
        }
    }

    /// The first of a list that holds, if it wins.
    private func evaluate(
        _ list: Int32, _ request: some RoutableRequest, _ best: inout Entry?, _ finding: inout PathFinding
    ) {
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
            if let values = filter.values {
                for value in values { hang(entry, value) }
                continue
            }
            for host in filter.hosts.map({ $0.map(Optional.some) }) ?? [nil] {
                for path in filter.paths ?? [[]] { hang(entry, host: host, path: path) }
            }
        }
    }

    /// Removes what was added under this number.
    public func remove(_ number: Int) {
        for place in places.removeValue(forKey: Int32(number)) ?? [] {
            switch place {
            case .path(let node, let host):
                remove(number, from: node, of: &paths)
                if let host { release(host) }
            case .value(let field, let node):
                remove(number, from: node, of: &fieldTrees[field].values)
                fieldTrees[field].references -= 1
            }
        }
    }

    private func remove(_ number: Int, from node: Int32, of tree: inout PathTrie) {
        let list = tree.nodes[Int(node)].list
        guard list >= 0 else { return }
        lists[Int(list)].removeAll { $0.route == Int32(number) }
        if lists[Int(list)].isEmpty {
            freeLists.append(list)
            tree.setList(node, -1)
            tree.prune(node)
        }
    }

    private func hang(_ entry: Entry, host: ExpressionFilter.Host?, path: [UInt8]) {
        let root = host.map(retain) ?? anyHost
        let node = paths.insert(root, path[...])
        insert(entry, at: node, of: &paths)
        places[entry.route, default: []].append(.path(node: node, host: host))
    }

    private func hang(_ entry: Entry, _ key: ExpressionFilter.FieldValue) {
        let field = place(of: key.field)
        let node = fieldTrees[field].values.insert(fieldTrees[field].root, key.value[...])
        insert(entry, at: node, of: &fieldTrees[field].values)
        fieldTrees[field].references += 1
        places[entry.route, default: []].append(.value(field: field, node: node))
    }

    /// The field's tree: a known one, one that nothing is kept in any more, or a new one.
    private func place(of field: ExpressionFilter.Field) -> Int {
        if let known = fieldTrees.firstIndex(where: { $0.field == field }) { return known }
        if let free = fieldTrees.firstIndex(where: { $0.references == 0 }) {
            fieldTrees[free] = FieldTree(field)
            return free
        }
        fieldTrees.append(FieldTree(field))
        return fieldTrees.count - 1
    }

    private func insert(_ entry: Entry, at node: Int32, of tree: inout PathTrie) {
        var list = tree.nodes[Int(node)].list
        if list < 0 {
            list = freeLists.popLast() ?? Int32(lists.count)
            if Int(list) == lists.count { lists.append([]) }
            tree.setList(node, list)
        }
        let position = lists[Int(list)].partitioningIndex { entry.wins(over: $0) }
        lists[Int(list)].insert(entry, at: position)
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
