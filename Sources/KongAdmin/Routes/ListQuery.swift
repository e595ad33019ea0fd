import KongCore
import KongStore

// `size`, `offset` and `tags` of a list (admin-api 5).

extension AdminAPI {
    func listRequest(
        _ request: AdminRequest, _ entity: EntitySchema, parent: (field: String, id: String)?
    ) throws -> PageRequest {
        var list = PageRequest(parent: parent)
        list.size = try Self.pageSize(request.query)
        list.offset = request.query["offset"].flatMap { $0.isEmpty ? nil : $0 }
        // Kong filters top-level lists only.
        if parent == nil, entity.isTaggable, let tags = request.query["tags"] {
            list.tags = try TagFilter(parsing: tags)
        }
        return list
    }

    static func pageSize(_ query: Arguments) throws -> Int {
        let given = query.all("size")
        guard let text = given.first else { return 100 }
        guard given.count == 1, let number = LuaNumber.parse(text) else {
            throw DataError.invalidSize("size must be a number")
        }
        guard let size = Int(exactly: number), (1...1000).contains(size) else {
            throw DataError.invalidSize("size must be an integer between 1 and 1000")
        }
        return size
    }
}

enum LuaNumber {
    /// What Lua's `tonumber` accepts, as far as a query may hold it.
    static func parse(_ text: String) -> Double? {
        let trimmed = text.drop { $0.isWhitespace }
        guard let end = trimmed.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        let bare = String(trimmed[...end])
        guard let first = bare.utf8.first(where: { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }),
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || first == UInt8(ascii: "."),
            let value = Double(bare), value.isFinite
        else { return nil }
        return value
    }
}
