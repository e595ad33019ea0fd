/// Byte strings to small numbers: open addressing over a stable list of entries, counted references.
struct ByteTable: ~Copyable {
    private struct Entry {
        var hash: UInt64
        var key: [UInt8]
        var value: Int32
        var references: Int32
    }

    private struct Slot {
        var tag: UInt32 = 0
        var entry: Int32 = -1  // -1: never used
    }

    private var entries: ContiguousArray<Entry> = []
    private var slots: ContiguousArray<Slot> = .init(repeating: Slot(), count: 16)
    /// Keys with at least one reference.
    private(set) var count = 0

    /// The value, or -1.
    @inline(__always)
    func find(_ key: UnsafeBufferPointer<UInt8>) -> Int32 {
        let found = position(of: key)
        return entries.withUnsafeBufferPointer { entries in
            found >= 0 && entries[Int(found)].references > 0 ? entries[Int(found)].value : -1
        }
    }

    @inline(__always)
    private func position(of key: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = ByteHash.hash(key)
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        return slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            var slot = Int(truncatingIfNeeded: hash >> 1) & mask
            while slots[slot].entry >= 0 {
                if slots[slot].tag == tag, holds(slots[slot].entry, hash, key) { return slots[slot].entry }
                slot = (slot + 1) & mask
            }
            return -1
        }
    }

    @inline(__always)
    private func holds(_ index: Int32, _ hash: UInt64, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        entries.withUnsafeBufferPointer { entries in
            guard entries[Int(index)].hash == hash, entries[Int(index)].key.count == key.count else { return false }
            return entries[Int(index)].key.withUnsafeBufferPointer { own in
                for position in 0..<key.count where own[position] != key[position] { return false }
                return true
            }
        }
    }

    /// Adds a reference to a key, with a value from `make` if it is new.
    /// - Returns: where the key stands, for `release`, and its value.
    mutating func retain(_ key: [UInt8], _ make: () -> Int32) -> (index: Int32, value: Int32) {
        let known = key.withUnsafeBufferPointer { position(of: $0) }
        if known >= 0 {
            if entries[Int(known)].references == 0 { count += 1 }
            entries[Int(known)].references += 1
            return (known, entries[Int(known)].value)
        }
        if (entries.count + 1) * 2 > slots.count { grow() }
        let index = Int32(entries.count)
        let entry = Entry(
            hash: key.withUnsafeBufferPointer(ByteHash.hash), key: key, value: make(), references: 1)
        entries.append(entry)
        place(index)
        count += 1
        return (index, entry.value)
    }

    /// A key without references is kept, but not found.
    mutating func release(_ index: Int32) {
        guard entries[Int(index)].references > 0 else { return }
        entries[Int(index)].references -= 1
        if entries[Int(index)].references == 0 { count -= 1 }
    }

    private mutating func place(_ index: Int32) {
        let hash = entries[Int(index)].hash
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash >> 1) & mask
        while slots[slot].entry >= 0 { slot = (slot + 1) & mask }
        slots[slot] = Slot(tag: UInt32(truncatingIfNeeded: hash >> 32), entry: index)
    }

    private mutating func grow() {
        slots = .init(repeating: Slot(), count: slots.count * 2)
        for index in entries.indices { place(Int32(index)) }
    }
}
