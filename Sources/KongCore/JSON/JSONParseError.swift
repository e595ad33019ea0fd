/// Why and where a text is not JSON.
public struct JSONParseError: Error, Sendable, Hashable, CustomStringConvertible {
    public var reason: String
    /// 1-based line of the offending byte.
    public var line: Int
    /// 1-based column of the offending byte, counted in bytes.
    public var column: Int

    public init(reason: String, line: Int, column: Int) {
        self.reason = reason
        self.line = line
        self.column = column
    }

    public var description: String { "line \(line), column \(column): \(reason)" }
}
