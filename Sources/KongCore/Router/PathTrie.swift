/// Compressed prefix trees in flat arrays, many roots in one store. Edges live in one open-addressed table
/// keyed by (node, first byte), so that insertion and removal touch a few words and matching never allocates.
struct PathTrie {
    /// A node: the label that leads to it, and the head of its list of candidates.
    struct Node {
        var label: UInt32 = 0  // offset into `bytes`
        var labelCount: UInt32 = 0
        var list: Int32 = -1  // index into the router's lists; -1: nothing ends here
        var parent: Int32 = -1
        var children: Int32 = 0
    }

    struct Edge {
        var key: UInt64 = Self.empty  // node << 8 | byte
        var node: Int32 = -1
        static let empty = UInt64.max
        static let removed = UInt64.max - 1
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
    private static func slot(_ key: UInt64, _ mask: Int) -> Int {
        let hash = key &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: hash >> 32) & mask
    }

    @inline(__always)
    func child(_ node: Int32, _ byte: UInt8) -> Int32 {
        let key = UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
        let mask = edges.count - 1
        var slot = Self.slot(key, mask)
        return edges.withUnsafeBufferPointer { edges in
            while true {
                let edge = edges[slot]
                if edge.key == key { return edge.node }
                if edge.key == Edge.empty { return -1 }
                slot = (slot + 1) & mask
            }
        }
    }

    /// Calls `body` with the list of every prefix of `path` that ends at a node, shortest first.
    @inline(__always)
    func walk(_ root: Int32, _ path: UnsafeBufferPointer<UInt8>, _ body: (_ list: Int32, _ length: Int) -> Void) {
        nodes.withUnsafeBufferPointer { nodes in
            bytes.withUnsafeBufferPointer { bytes in
                var node = root
                var position = 0
                while true {
                    let list = nodes[Int(node)].list
                    if list >= 0 { body(list, position) }
                    guard position < path.count else { return }
                    node = child(node, path[position])
                    guard node >= 0 else { return }
                    let label = Int(nodes[Int(node)].label)
                    let count = Int(nodes[Int(node)].labelCount)
                    guard position + count <= path.count else { return }
                    var offset = 1  // the edge has matched the first byte
                    while offset < count {
                        if bytes[label + offset] != path[position + offset] { return }
                        offset += 1
                    }
                    position += count
                }
            }
        }
    }

    /// The node where `path` ends under `root`, made if need be.
    mutating func insert(_ root: Int32, _ path: ArraySlice<UInt8>) -> Int32 {
        var node = root
        var rest = path
        while let first = rest.first {
            let next = child(node, first)
            if next < 0 {
                let made = newNode(Node(label: store(rest), labelCount: UInt32(rest.count), parent: node))
                addEdge(node, first, made)
                return made
            }
            let label = Int(nodes[Int(next)].label)
            let count = Int(nodes[Int(next)].labelCount)
            var common = 0
            for byte in rest {
                guard common < count, bytes[label + common] == byte else { break }
                common += 1
            }
            if common < count {
                node = split(next, at: common)
            } else {
                node = next
            }
            rest = rest.dropFirst(common)
        }
        return node
    }

    /// Drops a node that holds nothing any more, and its ancestors that only led to it.
    mutating func prune(_ start: Int32) {
        var node = start
        while nodes[Int(node)].list < 0, nodes[Int(node)].children == 0, nodes[Int(node)].parent >= 0 {
            let parent = nodes[Int(node)].parent
            removeEdge(parent, bytes[Int(nodes[Int(node)].label)])
            wastedBytes += Int(nodes[Int(node)].labelCount)
            nodes[Int(node)].labelCount = 0
            freeNodes.append(node)
            node = parent
        }
    }

    mutating func setList(_ node: Int32, _ list: Int32) { nodes[Int(node)].list = list }

    /// Puts a node between `node` and its parent, so that a prefix of the label ends there.
    private mutating func split(_ node: Int32, at count: Int) -> Int32 {
        let old = nodes[Int(node)]
        let middle = newNode(Node(label: old.label, labelCount: UInt32(count), parent: old.parent))
        replaceEdge(old.parent, bytes[Int(old.label)], middle)
        nodes[Int(node)].label = old.label + UInt32(count)
        nodes[Int(node)].labelCount = old.labelCount - UInt32(count)
        nodes[Int(node)].parent = middle
        addEdge(middle, bytes[Int(old.label) + count], node)
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
    }

    private mutating func store(_ label: ArraySlice<UInt8>) -> UInt32 {
        if wastedBytes > 64 << 10 && wastedBytes > bytes.count / 2 { compact() }
        let offset = UInt32(bytes.count)
        bytes.append(contentsOf: label)
        return offset
    }

    private mutating func addEdge(_ node: Int32, _ byte: UInt8, _ child: Int32) {
        if (usedEdges + 1) * 2 > edges.count { rehash() }
        let key = UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
        let mask = edges.count - 1
        var slot = Self.slot(key, mask)
        while edges[slot].key != Edge.empty && edges[slot].key != Edge.removed { slot = (slot + 1) & mask }
        if edges[slot].key == Edge.empty { usedEdges += 1 }
        edges[slot] = Edge(key: key, node: child)
        nodes[Int(node)].children += 1
    }

    private mutating func replaceEdge(_ node: Int32, _ byte: UInt8, _ child: Int32) {
        let key = UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
        let mask = edges.count - 1
        var slot = Self.slot(key, mask)
        while edges[slot].key != key { slot = (slot + 1) & mask }
        edges[slot].node = child
    }

    private mutating func removeEdge(_ node: Int32, _ byte: UInt8) {
        let key = UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
        let mask = edges.count - 1
        var slot = Self.slot(key, mask)
        while edges[slot].key != key {
            if edges[slot].key == Edge.empty { return }
            slot = (slot + 1) & mask
        }
        edges[slot].key = Edge.removed
        nodes[Int(node)].children -= 1
    }

    private mutating func rehash() {
        let live = edges.filter { $0.key != Edge.empty && $0.key != Edge.removed }
        var size = 16
        while size < (live.count + 1) * 4 { size *= 2 }
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
