/// Ids to small numbers: open addressing in one array. Ids are as good as random, so they are their own hash.
public struct NumberTable {
    private struct Entry {
        var id = UUIDBytes(high: 0, low: 0)
        var number: Int32 = -1  // -1: free
    }

    private var entries: ContiguousArray<Entry> = .init(repeating: Entry(), count: 64)
    public private(set) var count = 0

    public init() {}

    @inline(__always)
    private static func home(_ id: UUIDBytes, _ mask: Int) -> Int {
        let hash = (id.high ^ id.low) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: hash >> 32) & mask
    }

    private func place(of id: UUIDBytes) -> Int? {
        entries.withUnsafeBufferPointer { entries in
            let mask = entries.count - 1
            var place = Self.home(id, mask)
            while entries[place].number >= 0 {
                if entries[place].id == id { return place }
                place = (place + 1) & mask
            }
            return nil
        }
    }

    public subscript(id: UUIDBytes) -> Int32? { place(of: id).map { entries[$0].number } }

    /// - Precondition: the id is not in the table.
    public mutating func insert(_ id: UUIDBytes, _ number: Int32) {
        if (count + 1) * 2 > entries.count { grow() }
        Self.put(Entry(id: id, number: number), &entries)
        count += 1
    }

    public mutating func remove(_ id: UUIDBytes) {
        guard var hole = place(of: id) else { return }
        count -= 1
        let mask = entries.count - 1
        // What follows moves up, so that no search ends at the hole too early.
        var place = (hole + 1) & mask
        while entries[place].number >= 0 {
            let home = Self.home(entries[place].id, mask)
            if (place &- home) & mask >= (place &- hole) & mask {
                entries[hole] = entries[place]
                hole = place
            }
            place = (place + 1) & mask
        }
        entries[hole] = Entry()
    }

    private static func put(_ entry: Entry, _ entries: inout ContiguousArray<Entry>) {
        let mask = entries.count - 1
        var place = home(entry.id, mask)
        while entries[place].number >= 0 { place = (place + 1) & mask }
        entries[place] = entry
    }

    private mutating func grow() {
        var larger = ContiguousArray(repeating: Entry(), count: entries.count * 2)
        for entry in entries where entry.number >= 0 { Self.put(entry, &larger) }
        entries = larger
    }
}
