/// `{vault://<name>/<resource>[/<key>][?option=value…][#version]}`: what stands in a setting or a field instead of a
/// secret.
///
/// Source: Kong's `kong/pdk/vault.lua`, `parse_reference`.
public struct VaultReference: Sendable, Hashable {
    /// A vault's type (`env`) or the prefix of a vault entity.
    public let vault: String
    public let resource: String
    /// The member of the JSON object that the secret holds.
    public let key: String?
    public let options: [String: String]
    public let version: Int?

    /// - Throws: when the text looks like a reference and is none.
    public init(_ text: String) throws(VaultError) {
        guard text.isVaultReference else { throw VaultError("not a reference") }
        let inner = text.dropFirst("{vault://".count).dropLast()
        let (beforeFragment, fragment) = inner.split(at: "#")
        let (location, query) = beforeFragment.split(at: "?")
        let (name, path) = location.split(at: "/")
        guard !name.isEmpty else { throw VaultError("reference url is missing host") }
        guard let path else { throw VaultError("reference url is missing path") }
        guard !path.isEmpty else { throw VaultError("reference url has empty path") }
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        // A trailing slash says that the whole path is the resource.
        let last = parts.count > 1 ? parts.removeLast() : ""
        vault = String(name)
        resource = parts.joined(separator: "/").percentDecoded
        key = last.isEmpty ? nil : String(last).percentDecoded
        guard !resource.isEmpty else { throw VaultError("reference url has invalid path") }
        var options: [String: String] = [:]
        for pair in query?.split(separator: "&") ?? [] {
            let (name, value) = pair.split(at: "=")
            options[String(name).percentDecoded] = value.map { String($0).percentDecoded } ?? ""
        }
        self.options = options
        version = fragment.flatMap { Int($0) }
    }
}

/// Why a reference has no value.
public struct VaultError: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

extension String {
    /// Whether this is `{vault://…}`.
    public var isVaultReference: Bool { hasPrefix("{vault://") && hasSuffix("}") }

    fileprivate var percentDecoded: String {
        guard utf8.contains(UInt8(ascii: "%")) else { return self }
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(Substring(digits), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Substring {
    /// What is before and after the first separator; nil when there is none.
    fileprivate func split(at separator: Character) -> (Substring, Substring?) {
        guard let index = firstIndex(of: separator) else { return (self, nil) }
        return (self[..<index], self[self.index(after: index)...])
    }
}
