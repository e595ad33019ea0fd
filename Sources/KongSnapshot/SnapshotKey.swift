import KongCore

/// A key that is being written, into memory of the caller's: a look-up for a request takes none from the heap.
struct SnapshotKey {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ memory: UnsafeMutableRawBufferPointer) { self.memory = memory }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    /// Calls `body` with a key for which `write` has room, for the length of the call.
    @inline(__always)
    static func with<R>(_ write: (inout SnapshotKey) -> Void, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        withUnsafeTemporaryAllocation(byteCount: SnapshotLayout.maxKey + 1, alignment: 8) { memory in
            var key = SnapshotKey(memory)
            write(&key)
            return body(key.bytes)
        }
    }

    /// The same, kept.
    static func array(_ write: (inout SnapshotKey) -> Void) -> [UInt8] { with(write) { Array($0) } }

    /// - Precondition: there is room: keys are shorter than `SnapshotLayout.maxKey`, and what does not fit is dropped.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= memory.count - count else { return }
        UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    /// A name, and the zero that ends it.
    mutating func append(name: String) {
        var name = name
        name.withUTF8 { append(UnsafeRawBufferPointer($0)) }
        append(0 as UInt8)
    }

    mutating func append(_ byte: UInt8) { withUnsafeBytes(of: byte) { append($0) } }

    mutating func append(_ number: UInt64) { withUnsafeBytes(of: number.bigEndian) { append($0) } }

    mutating func append(_ id: UUIDBytes) {
        append(id.high)
        append(id.low)
    }
}
