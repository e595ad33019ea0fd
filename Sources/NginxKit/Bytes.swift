import CNginx

extension ngx_str_t {
    /// The bytes that nginx owns; valid as long as nginx keeps them.
    @inlinable @inline(__always)
    public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: data, count: data == nil ? 0 : len) }

    /// A copy as text; invalid UTF-8 is repaired.
    public var string: String { String(decoding: bytes, as: UTF8.self) }

    @inlinable
    public init(_ start: UnsafeMutablePointer<UInt8>?, _ count: Int) {
        self.init(len: count, data: start)
    }
}

/// Writes into memory of a known size; what does not fit is cut, never written past the end.
public struct ByteWriter {
    @usableFromInline let start: UnsafeMutablePointer<UInt8>
    @usableFromInline let capacity: Int
    public private(set) var count = 0

    /// Memory of the request's pool; nil when nginx has none.
    @inlinable
    public init?(pool r: Request, capacity: Int) {
        guard let start = kng_pnalloc(r, capacity) else { return nil }
        self.start = start
        self.capacity = capacity
    }

    @inline(__always)
    public mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        let n = min(bytes.count, capacity - count)
        guard n > 0, let source = bytes.baseAddress else { return }
        (start + count).update(from: source, count: n)
        count += n
    }

    @inline(__always)
    public mutating func append(_ text: StaticString) {
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    public mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { append($0) }
    }

    @inline(__always)
    public mutating func append(_ byte: UInt8) {
        guard count < capacity else { return }
        start[count] = byte
        count += 1
    }

    public mutating func append(decimal number: Int) {
        if number < 0 {
            append(UInt8(ascii: "-"))
            return append(decimal: number == .min ? .max : -number)
        }
        if number >= 10 { append(decimal: number / 10) }
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }

    public var string: ngx_str_t { ngx_str_t(start, count) }
}
