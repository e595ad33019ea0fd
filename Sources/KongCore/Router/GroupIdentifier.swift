/// The identity of one path group of a split route, for ties between equal priorities.
enum GroupIdentifier {
    private static let namespace = "7f145bf9-0dce-4f91-98eb-debbce4b9f6b"

    /// Kong derives it from `<route id>#<group>`; only the order between equal priorities shows.
    static func make(_ route: UUIDBytes, _ group: UInt64) -> UUIDBytes {
        let name = UUIDv5.generate(namespace: namespace, name: "\(route.string)#\(group)")
        return UUIDBytes(name.utf8) ?? route
    }
}
