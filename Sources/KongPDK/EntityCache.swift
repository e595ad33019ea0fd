import Glibc
import KongCore

/// A small cache of objects looked up by one key, per worker: bounded, direct-mapped, emptied when the
/// configuration's records that it is made from move. Absence is remembered too.
///
/// Memory: at most `slots` objects, whatever the number in the configuration.
@Worker
public final class EntityCache<Value: AnyObject> {
    @usableFromInline let table: CacheTable

    /// - Parameters:
    ///   - entities: the entities that the values are made from.
    ///   - slots: rounded up to a power of two.
    public init(entities: [String], slots: Int = 1024) {
        table = CacheTable(entities.map { EntityKind($0) }, slots: slots)
    }

    /// The cached value, or what `load` finds.
    @inlinable
    public func find(
        _ key: UnsafeBufferPointer<UInt8>, _ reader: any EntityReader, _ load: () throws(PluginError) -> Value?
    ) throws(PluginError) -> Value? {
        let hash = ByteHash.hash(key)
        switch table.lookup(hash, key, reader) {
        // Only `store` below puts objects in.
        case .hit(let object): return unsafeDowncast(object.takeUnretainedValue(), to: Value.self)
        case .absent: return nil
        case .unknown:
            let value = try load()
            table.store(hash, key, value)
            return value
        }
    }
}

/// The slots behind an `EntityCache`, the same code for every type.
@Worker @usableFromInline
final class CacheTable {
    /// The key's memory is used again by the keys that come after it: a slot owns it, uncounted.
    private struct Slot {
        /// 0: free.
        var hash: UInt64 = 0
        var key: UnsafeMutablePointer<UInt8>?
        var count: Int32 = 0
        var capacity: Int32 = 0
        var value: AnyObject?
    }

    @usableFromInline
    enum Found {
        /// Held by the table until the next `store`.
        case hit(Unmanaged<AnyObject>)
        case absent
        case unknown
    }

    private let kinds: [EntityKind]
    nonisolated(unsafe) private let slots: UnsafeMutablePointer<Slot>
    private let mask: Int
    /// The reader's generation when it was last asked for those of `kinds`, and what they made.
    private var seen: UInt64 = .max
    private var generation: UInt64 = .max

    init(_ kinds: [EntityKind], slots wanted: Int) {
        self.kinds = kinds
        var size = 16
        while size < wanted { size *= 2 }
        mask = size - 1
        slots = .allocate(capacity: size)
        slots.initialize(repeating: Slot(), count: size)
    }

    deinit {
        for index in 0...mask { slots[index].key?.deallocate() }
        slots.deinitialize(count: mask + 1)
        slots.deallocate()
    }

    @usableFromInline
    func lookup(_ hash: UInt64, _ key: UnsafeBufferPointer<UInt8>, _ reader: any EntityReader) -> Found {
        let now = reader.generation
        if now != seen {
            seen = now
            forgetIfChanged(reader)
        }
        let slot = slots + place(hash)
        guard slot.pointee.hash == hash, Int(slot.pointee.count) == key.count, same(slot, key) else { return .unknown }
        guard let value = slot.pointee.value else { return .absent }
        return .hit(Unmanaged.passUnretained(value))
    }

    /// Other entities change too: only those of `kinds` matter.
    private func forgetIfChanged(_ reader: any EntityReader) {
        var current: UInt64 = 0
        for kind in kinds { current = current &* 31 &+ reader.generation(of: kind) }
        guard current != generation else { return }
        generation = current
        for index in 0...mask where slots[index].hash != 0 {
            slots[index].hash = 0
            slots[index].value = nil
        }
    }

    @inline(__always)
    private func place(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 8) & mask }

    @inline(__always)
    private func same(_ slot: UnsafeMutablePointer<Slot>, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let known = slot.pointee.key, let base = key.baseAddress else { return key.isEmpty }
        return memcmp(known, base, key.count) == 0
    }

    @usableFromInline
    func store(_ hash: UInt64, _ key: UnsafeBufferPointer<UInt8>, _ value: AnyObject?) {
        let slot = slots + place(hash)
        slot.pointee.hash = 0
        slot.pointee.value = value
        guard let count = Int32(exactly: key.count) else { return }
        if slot.pointee.capacity < count {
            slot.pointee.key?.deallocate()
            slot.pointee.key = .allocate(capacity: key.count)
            slot.pointee.capacity = count
        }
        if let base = key.baseAddress { slot.pointee.key?.update(from: base, count: key.count) }
        slot.pointee.count = count
        slot.pointee.hash = hash
    }
}
