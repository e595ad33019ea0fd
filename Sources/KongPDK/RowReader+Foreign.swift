import KongCore

extension RowReader {
    /// The id in a foreign field, `{"id": …}`; nil when the field is null.
    public mutating func foreignID() -> UUIDBytes? {
        var id: UUIDBytes?
        for _ in 0..<mapCount() {
            guard let key = stringBytes() else { return nil }
            if key.isText("id") { id = stringBytes().flatMap { UUIDBytes($0) } } else { skip() }
        }
        return id
    }
}
