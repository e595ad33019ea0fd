extension UnsafeBufferPointer where Element == UInt8 {
    /// Whether these bytes are this text; for the keys of rows, where nearly all comparisons end at the length.
    @inlinable @inline(__always)
    public func isText(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        let start = text.utf8Start
        for position in 0..<count where self[position] != start[position] { return false }
        return true
    }
}
