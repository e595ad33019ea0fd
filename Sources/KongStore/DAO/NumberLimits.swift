import KongCore

// What a database can keep of a number is less than what JSON can say. Both stores refuse the same, with a text,
// so that a configuration may move from one to the other.

extension WriteTransaction {
    /// The end of the year 9999, in seconds.
    private static let lastTimestamp: Int64 = 253_402_300_799
    /// Four bytes in Kong's tables, and no limit in its schemas.
    private static let shortIntegers: Set = ["expires", "expires_in"]

    static func refuseNumbers(_ table: Table, _ fields: JSONObject) throws(DataError) {
        var found = JSONObject()
        for field in table.schema.record.fields {
            guard let number = fields[field.name]?.doubleValue else { continue }
            if field.isTimestamp, number > Double(lastTimestamp) {
                found[field.name] = "expected a valid timestamp"
            } else if shortIntegers.contains(field.name), Int32(exactly: number) == nil {
                found[field.name] = .string("value should be between \(Int32.min) and \(Int32.max)")
            }
        }
        if !found.isEmpty { throw .schemaViolation(Violations(fields: found)) }
    }
}
