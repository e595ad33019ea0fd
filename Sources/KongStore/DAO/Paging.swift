import Foundation
import KongCore

/// What a list asks for.
public struct PageRequest: Sendable {
    /// 1 to 1000.
    public var size: Int
    /// As an earlier page returned it.
    public var offset: String?
    public var tags: TagFilter?
    /// Only the children of one parent: the foreign field and the parent's id.
    public var parent: (field: String, id: String)?

    public init(
        size: Int = 100, offset: String? = nil, tags: TagFilter? = nil, parent: (field: String, id: String)? = nil
    ) {
        self.size = size
        self.offset = offset
        self.tags = tags
        self.parent = parent
    }

    func check() throws(DataError) {
        guard (1...1000).contains(size) else { throw .invalidSize("size must be an integer between 1 and 1000") }
    }
}

/// One page of a list.
public struct Page: Sendable {
    public var data: [JSONObject]
    /// Where the next page starts; nil at the end.
    public var offset: String?

    public init(data: [JSONObject], offset: String? = nil) {
        self.data = data
        self.offset = offset
    }
}

/// The position after which a page starts: base64 without padding of a JSON array of key values, as in Kong.
enum PageOffset {
    static func encode(_ keys: [String]) -> String {
        let json = JSONValue.array(keys.map(JSONValue.string)).serialized()
        let padded = Data(json).base64EncodedString()
        return String(padded.prefix { $0 != "=" })
    }

    static func decode(_ text: String, count: Int) throws(DataError) -> [String] {
        let bare = text.prefix { $0 != "=" }
        let padding = String(repeating: "=", count: (4 - bare.utf8.count % 4) % 4)
        guard !bare.isEmpty, let data = Data(base64Encoded: bare + padding) else {
            throw .invalidOffset(text, reason: "bad base64 encoding")
        }
        let value: JSONValue
        do { value = try JSONValue(parsing: [UInt8](data)) } catch {
            throw .invalidOffset(text, reason: "bad json encoding")
        }
        let keys = value.arrayValue?.compactMap(\.stringValue) ?? []
        guard keys.count == count else { throw .invalidOffset(text, reason: "invalid primary key") }
        return keys
    }
}
