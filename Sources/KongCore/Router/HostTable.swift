/// The hosts of routes, each with the root of its tree: plain names, `*.x` by what follows the asterisk, `x.*` by
/// what precedes it.
struct HostTable: ~Copyable {
    private var plain = ByteTable()
    private var suffixes = ByteTable()
    private var prefixes = ByteTable()

    /// Where a host stands, for `release`.
    struct Place {
        fileprivate var kind: UInt8
        fileprivate var index: Int32
    }

    var isEmpty: Bool { plain.count == 0 && suffixes.count == 0 && prefixes.count == 0 }

    /// Calls `body` with the root of every host that `name` matches.
    @inline(__always)
    func forEachRoot(_ name: UnsafeBufferPointer<UInt8>, _ body: (_ root: Int32) -> Void) {
        if plain.count > 0 {
            let root = plain.find(name)
            if root >= 0 { body(root) }
        }
        guard suffixes.count > 0 || prefixes.count > 0 else { return }
        for position in 0..<name.count where name[position] == UInt8(ascii: ".") {
            if suffixes.count > 0 {
                let root = suffixes.find(UnsafeBufferPointer(rebasing: name[position...]))
                if root >= 0 { body(root) }
            }
            if prefixes.count > 0 {
                let root = prefixes.find(UnsafeBufferPointer(rebasing: name[...position]))
                if root >= 0 { body(root) }
            }
        }
    }

    /// Adds a reference to a host's tree, made by `make` if there is none yet.
    mutating func retain(_ host: [UInt8], _ make: () -> Int32) -> (place: Place, root: Int32) {
        let kind: UInt8
        let found: (index: Int32, value: Int32)
        if host.first == UInt8(ascii: "*") {
            (kind, found) = (1, suffixes.retain(Array(host.dropFirst()), make))
        } else if host.last == UInt8(ascii: "*") {
            (kind, found) = (2, prefixes.retain(Array(host.dropLast()), make))
        } else {
            (kind, found) = (0, plain.retain(host, make))
        }
        return (Place(kind: kind, index: found.index), found.value)
    }

    /// An emptied tree stays: it is one node, and the host is likely to come back.
    mutating func release(_ place: Place) {
        switch place.kind {
        case 1: suffixes.release(place.index)
        case 2: prefixes.release(place.index)
        default: plain.release(place.index)
        }
    }
}
