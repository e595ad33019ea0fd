/// A Lua pattern, the language in which Kong's schemas state what text they accept.
public struct LuaPattern: Sendable, Hashable, ExpressibleByStringLiteral {
    public let text: String

    public init(_ text: String) { self.text = text }
    public init(stringLiteral value: String) { text = value }
}
