/// Compressed prefix trees in flat arrays, many roots in one store. Edges live in one open-addressed table
/// keyed by (node, first byte), so that insertion and removal touch a few words and matching never allocates.
///
/// An edge carries a copy of what a match needs of the node behind it: a step down costs one cache line.
///
/// Not copyable, as all tables that a match reads: the compiler then need not count references to their arrays.
struct PathTrie: ~Copyable {
    /// A node: the label that leads to it, and the head of its list of candidates.
    struct Node {
        var label: UInt32 = 0  // offset into `bytes`
        var labelCount: UInt32 = 0
        var list: Int32 = -1  // index into the router's candidates; -1: nothing ends here
        var parent: Int32 = -1
        var children: Int32 = 0
    }

    struct Edge {
        var key: UInt64 = Self.empty  // node << 8 | byte
        /// The label's second to ninth byte, lowest first.
        var tail: UInt64 = 0
        var node: Int32 = -1
        var list: Int32 = -1
        var labelCount: UInt32 = 0
        var label: UInt32 = 0
        static let empty = UInt64.max
        static let removed = UInt64.max - 1
        static let tailCount = 8
    }

    private(set) var nodes: ContiguousArray<Node> = []
    private(set) var bytes: ContiguousArray<UInt8> = []
    private(set) var edges: ContiguousArray<Edge> = .init(repeating: Edge(), count: 16)
    private var usedEdges = 0  // live and removed
    private var freeNodes: [Int32] = []
    /// Label bytes that no node refers to any more.
    private var wastedBytes = 0

    mutating func addRoot() -> Int32 { newNode(Node()) }

    @inline(__always)
    private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
    }

    @inline(__always)
    private static func slot(_ key: UInt64, _ mask: Int) -> Int {
        let hash = key &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: hash >> 32) & mask
    }

    /// Where the edge lies, or -1.
    @inline(__always)
    private static func find(_ key: UInt64, _ edges: UnsafeBufferPointer<Edge>) -> Int {
        let mask = edges.count - 1
        var slot = slot(key, mask)
        while true {
            let found = edges[slot].key
            if found == key { return slot }
            if found == Edge.empty { return -1 }
            slot = (slot + 1) & mask
        }
    }

    private func edge(_ node: Int32, _ byte: UInt8) -> Int {
        edges.withUnsafeBufferPointer { Self.find(Self.key(node, byte), $0) }
    }

    /// Calls `body` with the list of every prefix of `path` that ends at a node, shortest first.
    @inline(__always)
    func walk(_ root: Int32, _ path: UnsafeBufferPointer<UInt8>, _ body: (_ list: Int32, _ length: Int) -> Void) {
        let atRoot = nodes[Int(root)].list
        if atRoot >= 0 { body(atRoot, 0) }
        edges.withUnsafeBufferPointer { edges in
            var node = root
            var position = 0
            while position < path.count {
                let slot = Self.find(Self.key(node, path[position]), edges)
                guard slot >= 0 else { return }
                let edge = edges[slot]
                let count = Int(edge.labelCount)
                guard position + count <= path.count, hasLabel(edge, path, position) else { return }
                node = edge.node
                position += count
                if edge.list >= 0 { body(edge.list, position) }
            }
        }
    }

    /// Whether the rest of an edge's label, whose first byte has matched, stands at `position`.
    @inline(__always)
    private func hasLabel(_ edge: Edge, _ path: UnsafeBufferPointer<UInt8>, _ position: Int) -> Bool {
        let count = Int(edge.labelCount)
        var tail = edge.tail
        for offset in 1..<max(1, min(count, 1 + Edge.tailCount)) {
            if UInt8(truncatingIfNeeded: tail) != path[position + offset] { return false }
            tail >>= 8
        }
        guard count > 1 + Edge.tailCount else { return true }
        return bytes.withUnsafeBufferPointer { bytes in
            for offset in (1 + Edge.tailCount)..<count
            where bytes[Int(edge.label) + offset] != path[position + offset] {
                return false
            }
            return true
        }
    }

    /// The node where `path` ends under `root`, made if need be.
    mutating func insert(_ root: Int32, _ path: ArraySlice<UInt8>) -> Int32 {
        var node = root
        var rest = path
        while let first = rest.first {
            let slot = edge(node, first)
            guard slot >= 0 else {
                let made = newNode(Node(label: store(rest), labelCount: UInt32(rest.count), parent: node))
                addEdge(node, first, made)
                return made
            }
            let next = edges[slot].node
            let label = Int(edges[slot].label)
            let count = Int(edges[slot].labelCount)
            var common = 0
            for byte in rest {
                guard common < count, bytes[label + common] == byte else { break }
                common += 1
            }
            node = common < count ? split(next, at: common) : next
            rest = rest.dropFirst(common)
        }
        return node
    }

    /// Drops a node that holds nothing any more, and its ancestors that only led to it.
    mutating func prune(_ start: Int32) {
        var node = start
        while nodes[Int(node)].list < 0, nodes[Int(node)].children == 0, nodes[Int(node)].parent >= 0 {
            let parent = nodes[Int(node)].parent
            removeEdge(parent, firstByte(node))
            wastedBytes += Int(nodes[Int(node)].labelCount)
            nodes[Int(node)].labelCount = 0
            freeNodes.append(node)
            node = parent
        }
    }

    mutating func setList(_ node: Int32, _ list: Int32) {
        nodes[Int(node)].list = list
        updateEdge(to: node)
    }

    private func firstByte(_ node: Int32) -> UInt8 { bytes[Int(nodes[Int(node)].label)] }

    /// Puts a node between `node` and its parent, so that a prefix of the label ends there.
    private mutating func split(_ node: Int32, at count: Int) -> Int32 {
        let old = nodes[Int(node)]
        let middle = newNode(Node(label: old.label, labelCount: UInt32(count), parent: old.parent))
        updateEdge(to: middle)
        nodes[Int(node)].label = old.label + UInt32(count)
        nodes[Int(node)].labelCount = old.labelCount - UInt32(count)
        nodes[Int(node)].parent = middle
        addEdge(middle, firstByte(node), node)
        return middle
    }

    private mutating func newNode(_ node: Node) -> Int32 {
        if let free = freeNodes.popLast() {
            nodes[Int(free)] = node
            return free
        }
        nodes.append(node)
        return Int32(nodes.count - 1)
    }

    /// Configurations change for weeks without a restart: labels that went must not pile up.
    private mutating func compact() {
        var kept: ContiguousArray<UInt8> = []
        kept.reserveCapacity(bytes.count - wastedBytes)
        for index in nodes.indices where nodes[index].labelCount > 0 {
            let label = Int(nodes[index].label)
            nodes[index].label = UInt32(kept.count)
            kept.append(contentsOf: bytes[label..<(label + Int(nodes[index].labelCount))])
        }
        bytes = kept
        wastedBytes = 0
        for index in nodes.indices where nodes[index].labelCount > 0 { updateEdge(to: Int32(index)) }
    }

    private mutating func store(_ label: ArraySlice<UInt8>) -> UInt32 {
        if wastedBytes > 64 << 10 && wastedBytes > bytes.count / 2 { compact() }
        let offset = UInt32(bytes.count)
        bytes.append(contentsOf: label)
        return offset
    }

    // MARK: edges

    private func makeEdge(_ key: UInt64, _ child: Int32) -> Edge {
        let node = nodes[Int(child)]
        var tail: UInt64 = 0
        let label = Int(node.label)
        for offset in (1..<max(1, min(Int(node.labelCount), 1 + Edge.tailCount))).reversed() {
            tail = tail << 8 | UInt64(bytes[label + offset])
        }
        return Edge(
            key: key, tail: tail, node: child, list: node.list, labelCount: node.labelCount, label: node.label)
    }

    private mutating func addEdge(_ node: Int32, _ byte: UInt8, _ child: Int32) {
        if (usedEdges + 1) * 2 > edges.count { rehash() }
        let key = Self.key(node, byte)
        let mask = edges.count - 1
        var slot = Self.slot(key, mask)
        while edges[slot].key != Edge.empty && edges[slot].key != Edge.removed { slot = (slot + 1) & mask }
        if edges[slot].key == Edge.empty { usedEdges += 1 }
        edges[slot] = makeEdge(key, child)
        nodes[Int(node)].children += 1
    }

    /// The edge to a node as the node is now; a root has none.
    private mutating func updateEdge(to child: Int32) {
        let parent = nodes[Int(child)].parent
        guard parent >= 0 else { return }
        let slot = edge(parent, firstByte(child))
        if slot >= 0 { edges[slot] = makeEdge(edges[slot].key, child) }
    }

    private mutating func removeEdge(_ node: Int32, _ byte: UInt8) {
        let slot = edge(node, byte)
        guard slot >= 0 else { return }
        edges[slot] = Edge(key: Edge.removed)
        nodes[Int(node)].children -= 1
    }

    private mutating func rehash() {
        let live = edges.filter { $0.key != Edge.empty && $0.key != Edge.removed }
        var size = 16
        while size < (live.count + 1) * 3 { size *= 2 }
        edges = .init(repeating: Edge(), count: size)
        usedEdges = live.count
        let mask = size - 1
        for edge in live {
            var slot = Self.slot(edge.key, mask)
            while edges[slot].key != Edge.empty { slot = (slot + 1) & mask }
            edges[slot] = edge
        }
    }
}
