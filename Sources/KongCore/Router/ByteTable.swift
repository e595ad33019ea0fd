/// Byte strings to small numbers: open addressing, one comparison per hit, counted references.
struct ByteTable {
    private struct Entry {
        var hash: UInt64 = 0  // 0: never used
        var key: [UInt8] = []
        var value: Int32 = -1
        var references = 0
    }

    private var entries: ContiguousArray<Entry> = .init(repeating: Entry(), count: 16)
    /// Entries with at least one reference.
    private(set) var count = 0
    private var used = 0

    /// The value, or -1.
    @inline(__always)
    func find(_ key: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = ByteHash.hash(key)
        return entries.withUnsafeBufferPointer { entries in
            let mask = entries.count - 1
            var slot = Int(truncatingIfNeeded: hash >> 1) & mask
            while entries[slot].hash != 0 {
                if entries[slot].hash == hash, entries[slot].references > 0, equal(entries[slot].key, key) {
                    return entries[slot].value
                }
                slot = (slot + 1) & mask
            }
            return -1
        }
    }

    @inline(__always)
    private func equal(_ a: [UInt8], _ b: UnsafeBufferPointer<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        for index in 0..<b.count where a[index] != b[index] { return false }
        return true
    }

    /// Adds a reference to a key that is known, even one without references.
    mutating func retain(_ key: [UInt8]) -> Int32? {
        guard let slot = slot(of: key) else { return nil }
        if entries[slot].references == 0 { count += 1 }
        entries[slot].references += 1
        return entries[slot].value
    }

    mutating func release(_ key: [UInt8]) {
        guard let slot = slot(of: key), entries[slot].references > 0 else { return }
        entries[slot].references -= 1
        if entries[slot].references == 0 { count -= 1 }
    }

    mutating func insert(_ key: [UInt8], _ value: Int32) {
        if (used + 1) * 2 > entries.count { grow() }
        let hash = key.withUnsafeBufferPointer(ByteHash.hash)
        let mask = entries.count - 1
        var slot = Int(truncatingIfNeeded: hash >> 1) & mask
        while entries[slot].hash != 0 { slot = (slot + 1) & mask }
        entries[slot] = Entry(hash: hash, key: key, value: value, references: 1)
        used += 1
        count += 1
    }

    private func slot(of key: [UInt8]) -> Int? {
        let hash = key.withUnsafeBufferPointer(ByteHash.hash)
        let mask = entries.count - 1
        var slot = Int(truncatingIfNeeded: hash >> 1) & mask
        while entries[slot].hash != 0 {
            if entries[slot].hash == hash, entries[slot].key == key { return slot }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private mutating func grow() {
        let old = entries
        entries = .init(repeating: Entry(), count: old.count * 2)
        let mask = entries.count - 1
        for entry in old where entry.hash != 0 {
            var slot = Int(truncatingIfNeeded: entry.hash >> 1) & mask
            while entries[slot].hash != 0 { slot = (slot + 1) & mask }
            entries[slot] = entry
        }
    }
}
