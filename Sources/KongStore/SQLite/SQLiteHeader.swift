/// What a database file says of itself in its first 100 bytes (https://www.sqlite.org/fileformat.html#the_database_header).
struct SQLiteHeader {
    static let size = 100
    private static let mark = Array("SQLite format 3\0".utf8)

    private let bytes: [UInt8]

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    var isSQLite: Bool { bytes.starts(with: Self.mark) }

    /// How long the file has to be at least; nil where the header does not tell.
    var length: Int? {
        guard bytes.count == Self.size, number(24, 4) == number(92, 4) else { return nil }
        // 65536 does not fit.
        let pageSize = number(16, 2) == 1 ? 65536 : number(16, 2)
        return pageSize * number(28, 4)
    }

    private func number(_ offset: Int, _ count: Int) -> Int {
        bytes.dropFirst(offset).prefix(count).reduce(0) { $0 << 8 | Int($1) }
    }
}
