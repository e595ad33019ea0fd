/// An entity's name as a small number, so that per-request checks need no dictionary.
public struct EntityKind: Hashable, Sendable {
    public let index: Int

    @Worker private static var names: [String] = []

    /// The number of this entity in this process; made on first use.
    @Worker
    public init(_ name: String) {
        if let known = Self.names.firstIndex(of: name) {
            index = known
        } else {
            index = Self.names.count
            Self.names.append(name)
        }
    }
}
