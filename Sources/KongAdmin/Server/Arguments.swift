import KongCore

/// An ordered list of `name=value` pairs from a query string or a form, and its reading as nested values.
public struct Arguments: Sendable {
    public var pairs: [(name: String, value: String)] = []

    public init() {}

    /// Bytes that are not UTF-8 become U+FFFD: validation then refuses them where it matters.
    public init(urlEncoded bytes: [UInt8]) {
        for part in bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
            let name: ArraySlice<UInt8>, value: ArraySlice<UInt8>
            if let mark = part.firstIndex(of: UInt8(ascii: "=")) {
                name = part[..<mark]
                value = part[(mark + 1)...]
            } else {
                name = part
                value = []
            }
            guard !name.isEmpty else { continue }
            pairs.append(
                (
                    String(decoding: Percent.decode(name, plusIsSpace: true), as: UTF8.self),
                    String(decoding: Percent.decode(value, plusIsSpace: true), as: UTF8.self)
                ))
        }
    }

    /// Every value of that name, in the order of appearance.
    public func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    public subscript(_ name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// Kong's form notation: dots descend into records, brackets address elements (admin-api 2.1).
    public func nested() -> JSONObject {
        var root = FormNode()
        var repeated: [String: Int] = [:]
        for pair in pairs { repeated[pair.name, default: 0] += 1 }
        for (name, value) in pairs {
            var path = FormNode.path(of: name)
            // `a=1&a=2` is a list, as `a[]=1&a[]=2` is.
            if repeated[name, default: 0] > 1, path.last != .append { path.append(.append) }
            root.insert(value.isEmpty ? .null : .string(value), at: path[...])
        }
        guard case .object(let object) = root.value else { return [:] }
        return object
    }
}
