/// The identity of one path group of a split route, for ties between equal priorities.
enum GroupIdentifier {
    /// Kong derives it as UUIDv5 of `<route id>#<group>`; only the order between equal priorities shows.
    /// Namespace: 7f145bf9-0dce-4f91-98eb-debbce4b9f6b.
    static func make(_ route: UUIDBytes, _ group: UInt64) -> UUIDBytes {
        // Until the name-based hash is shared: the route's own order, then the group's.
        UUIDBytes(high: route.high, low: route.low &+ group)
    }
}
