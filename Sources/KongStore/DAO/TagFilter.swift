import KongCore

/// The `tags` argument of a list: `a,b` asks for all of them, `a/b` for any.
public struct TagFilter: Sendable, Equatable {
    public enum Mode: Sendable { case all, any }

    public var mode: Mode
    public var tags: [String]

    public init(_ mode: Mode, _ tags: [String]) {
        self.mode = mode
        self.tags = tags
    }

    private static let mostTags = 5
    private static let allowed = "must only contain printable ascii (except `,` and `/`) or valid utf-8"

    /// - Throws: code 11 with Kong's texts.
    public init(parsing text: String) throws(DataError) {
        let comma = text.utf8.contains(UInt8(ascii: ",")), slash = text.utf8.contains(UInt8(ascii: "/"))
        if text.isEmpty { throw Self.invalid("cannot be null") }
        if comma && slash { throw Self.invalid("invalid filter syntax") }
        let tags = text.split(separator: slash ? "/" : ",").map(String.init)
        if tags.isEmpty { throw Self.invalid("cannot be null") }
        if tags.count > Self.mostTags { throw Self.invalid("cannot query more than \(Self.mostTags) tags") }
        for tag in tags where !Self.isTag(tag) { throw Self.invalid(Self.allowed) }
        self.init(slash ? .any : .all, tags)
    }

    /// Printable ASCII or UTF-8, without the two separators.
    public static func isTag(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x2C && $0 != 0x2F }
    }

    private static func invalid(_ reason: String) -> DataError {
        .invalidOptions(["tags": .string(reason)])
    }
}
