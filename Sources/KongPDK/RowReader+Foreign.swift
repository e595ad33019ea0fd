import KongCore

extension RowReader {
    /// The id in a foreign field, `{"id": …}`; nil when the field is null.
    public mutating func foreignID() -> UUIDBytes? {
        var id: UUIDBytes?
        let isWhole = forEachField { name, value in
            if name.isText("id") { id = value.stringBytes().flatMap { UUIDBytes($0) } }
        }
        return isWhole ? id : nil
    }
}
