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
        case .hit(let object): return unsafeDowncast(object, to: Value.self)  // only `store` below puts objects in
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
    private struct Slot {
        var hash: UInt64
        var key: [UInt8]
        var value: AnyObject?
    }

    @usableFromInline
    enum Found {
        case hit(AnyObject)
        case absent
        case unknown
    }

    private let kinds: [EntityKind]
    nonisolated(unsafe) private let slots: UnsafeMutablePointer<Slot>
    private let mask: Int
    private var generation: UInt64 = .max

    init(_ kinds: [EntityKind], slots wanted: Int) {
        self.kinds = kinds
        var size = 16
        while size < wanted { size *= 2 }
        mask = size - 1
        slots = .allocate(capacity: size)
        slots.initialize(repeating: Slot(hash: 0, key: [], value: nil), count: size)
    }

    deinit {
        slots.deinitialize(count: mask + 1)
        slots.deallocate()
    }

    @usableFromInline
    func lookup(_ hash: UInt64, _ key: UnsafeBufferPointer<UInt8>, _ reader: any EntityReader) -> Found {
        var current: UInt64 = 0
        for kind in kinds { current = current &* 31 &+ reader.generation(of: kind) }
        if current != generation {
            generation = current
            for index in 0...mask where slots[index].hash != 0 { slots[index] = Slot(hash: 0, key: [], value: nil) }
            return .unknown
        }
        let slot = slots + (Int(truncatingIfNeeded: hash >> 8) & mask)
        guard slot.pointee.hash == hash, slot.pointee.key.count == key.count, same(slot, key) else { return .unknown }
        if let value = slot.pointee.value { return .hit(value) }
        return .absent
    }

    @inline(__always)
    private func same(_ slot: UnsafeMutablePointer<Slot>, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = key.baseAddress else { return true }
        return slot.pointee.key.withUnsafeBytes {
            memcmp($0.baseAddress ?? UnsafeRawPointer(base), base, key.count) == 0
        }
    }

    @usableFromInline
    func store(_ hash: UInt64, _ key: UnsafeBufferPointer<UInt8>, _ value: AnyObject?) {
        slots[Int(truncatingIfNeeded: hash >> 8) & mask] = Slot(hash: hash, key: Array(key), value: value)
    }
}
