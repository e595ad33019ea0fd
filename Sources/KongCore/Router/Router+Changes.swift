// Adding and removing routes, in place.

extension Router {
    public struct Rejection: Error, Sendable {
        public var reason: String
    }

    /// Adds a route under the caller's number; numbers are small, they index arrays.
    /// - Throws: when a path's or header's expression does not compile; the router is then unchanged.
    public func add(_ route: RouteDefinition, as number: Int) throws(Rejection) {
        // Compile before anything is inserted.
        let (condition, methods) = try conditions(of: route)
        var expressions: [(prefix: [UInt8], regex: Regex2)] = []
        for path in route.paths where path.first == UInt8(ascii: "~") {
            let pattern = Regex2.re2Syntax(Array(path.dropFirst()))
            expressions.append((Regex2.literalPrefix(pattern), try compile(pattern)))
        }

        var candidate = Candidate(
            priority: 0, tie: route.id, route: Int32(number), methods: methods, conditions: store(condition),
            regex: -1, hostPort: 0)
        if route.paths.isEmpty {
            candidate.priority = Priority.traditionalCompatible(route, hasPaths: false, regex: false, pathLength: 0)
            return hang(candidate, route.hosts, path: [])
        }
        // Plain paths of one length are a group, in the order of their first appearance; regexes are the last one.
        var lengths: [Int] = []
        for path in route.paths where path.first != UInt8(ascii: "~") && !lengths.contains(path.count) {
            lengths.append(path.count)
        }
        let isSplit = lengths.count + (expressions.isEmpty ? 0 : 1) > 1
        func tie(_ group: Int) -> UUIDBytes { isSplit ? GroupIdentifier.make(route.id, UInt64(group)) : route.id }
        for path in route.paths where path.first != UInt8(ascii: "~") {
            candidate.priority = Priority.traditionalCompatible(
                route, hasPaths: true, regex: false, pathLength: path.count)
            candidate.tie = tie((lengths.firstIndex(of: path.count) ?? 0) + 1)
            hang(candidate, route.hosts, path: path)
        }
        for (prefix, regex) in expressions {
            candidate.priority = Priority.traditionalCompatible(route, hasPaths: true, regex: true, pathLength: 0)
            candidate.tie = tie(lengths.count + 1)
            candidate.regex = store(regex)
            hang(candidate, route.hosts, path: prefix)
        }
    }

    /// Removes what was added under this number.
    public func remove(_ number: Int) {
        var conditionIndexes: Set<Int32> = []
        var regexIndexes: Set<Int32> = []
        for place in places.removeAll(Int32(number)) {
            let list = trie.nodes[Int(place.node)].list
            if list >= 0 {
                let rest = candidates.remove(Int32(number), list) { candidate in
                    if candidate.conditions >= 0 { conditionIndexes.insert(candidate.conditions) }
                    if candidate.regex >= 0 { regexIndexes.insert(candidate.regex) }
                }
                trie.setList(place.node, rest)
                if rest < 0 { trie.prune(place.node) }
            }
            if let host = place.host { hosts.release(host) }
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

    /// What must hold beyond host and path; methods without a bit of their own are among it.
    private func conditions(of route: RouteDefinition) throws(Rejection) -> (Conditions, MethodSet) {
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
        return (condition, mask)
    }

    private func store(_ condition: Conditions) -> Int32 {
        if condition.isEmpty { return -1 }
        guard let free = freeConditions.popLast() else {
            conditions.append(condition)
            return Int32(conditions.count - 1)
        }
        conditions[Int(free)] = condition
        return free
    }

    private func store(_ regex: Regex2) -> Int32 {
        guard let free = freeRegexes.popLast() else {
            regexes.append(regex)
            return Int32(regexes.count - 1)
        }
        regexes[Int(free)] = regex
        return free
    }

    private func hang(_ candidate: Candidate, _ names: [[UInt8]], path: [UInt8]) {
        if names.isEmpty { hang(candidate, root: anyHost, host: nil, path: path) }
        for name in names {
            var candidate = candidate
            let host: [UInt8]
            (host, candidate.hostPort) = HostPattern.split(name)
            let (place, root) = hosts.retain(host) { trie.addRoot() }
            hang(candidate, root: root, host: place, path: path)
        }
    }

    private func hang(_ candidate: Candidate, root: Int32, host: HostTable.Place?, path: [UInt8]) {
        let node = trie.insert(root, path[...])
        let list = trie.nodes[Int(node)].list
        let head = candidates.insert(candidate, list)
        if head != list { trie.setList(node, head) }
        places.add(.init(node: node, host: host), candidate.route)
    }

    private func compile(_ pattern: [UInt8]) throws(Rejection) -> Regex2 {
        do { return try Regex2(pattern) } catch { throw Rejection(reason: error.reason) }
    }

    private func lowercased(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
    }
}
