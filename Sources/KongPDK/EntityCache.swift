import KongCore

/// A small cache of records looked up by one key, per worker: bounded, direct-mapped, emptied when the
/// configuration's records of that kind move. Absence is remembered too.
///
/// Memory: at most `slots` records, whatever the number in the configuration.
@Worker
public final class EntityCache<Value: AnyObject> {
    private struct Slot {
        var hash: UInt64 = 0
        var key: [UInt8] = []
        var value: Value?
    }

    private let kind: EntityKind
    private var slots: [Slot]
    private var generation: UInt64 = .max

    /// - Parameter slots: rounded up to a power of two.
    public init(entity: String, slots: Int = 1024) {
        kind = EntityKind(entity)
        self.slots = Array(repeating: Slot(), count: Self.powerOfTwo(slots))
    }

    private nonisolated static func powerOfTwo(_ count: Int) -> Int {
        var size = 16
        while size < count { size *= 2 }
        return size
    }

    /// The cached value, or what `load` finds.
    @inlinable
    public func find(
        _ key: UnsafeBufferPointer<UInt8>, _ reader: any EntityReader, _ load: () throws(PluginError) -> Value?
    ) throws(PluginError) -> Value? {
        let hash = ByteHash.hash(key)
        if let hit = lookup(hash, key, reader) { return hit.value }
        let value = try load()
        store(hash, key, value)
        return value
    }

    @usableFromInline
    struct Hit {
        @usableFromInline var value: Value?
    }

    @usableFromInline
    func lookup(_ hash: UInt64, _ key: UnsafeBufferPointer<UInt8>, _ reader: any EntityReader) -> Hit? {
        let current = reader.generation(of: kind)
        if current != generation {
            generation = current
            for index in slots.indices where slots[index].hash != 0 { slots[index] = Slot() }
            return nil
        }
        let index = Int(truncatingIfNeeded: hash >> 8) & (slots.count - 1)
        guard slots[index].hash == hash, slots[index].key.elementsEqual(key) else { return nil }
        return Hit(value: slots[index].value)
    }

    @usableFromInline
    func store(_ hash: UInt64, _ key: UnsafeBufferPointer<UInt8>, _ value: Value?) {
        slots[Int(truncatingIfNeeded: hash >> 8) & (slots.count - 1)] = Slot(hash: hash, key: Array(key), value: value)
    }
}
