import KongCore

// What a plugin's protocols must have in common with what it is attached to.
extension WriteTransaction {
    /// - Parameter plugin: as sent on insert and upsert (defaults are not checked, as in Kong), merged on update.
    func checkProtocols(ofPlugin plugin: JSONObject) throws {
        guard let wanted = plugin["protocols"]?.arrayValue, let routes = layout.find("routes") else { return }
        if let id = plugin["route"]?["id"]?.stringValue {
            guard let route = try session.first(routes, key: id, now: nil) else { return }
            if !Self.intersects(wanted, route) { throw Self.mismatch("must match the associated route's protocols") }
        } else if let id = plugin["service"]?["id"]?.stringValue {
            let ofService = Query(routes, [.equals(column: "service_id", .string(id))], now: nil)
            let found = try session.select(ofService)
            if !found.isEmpty, !found.contains(where: { Self.intersects(wanted, $0) }) {
                throw Self.mismatch("must match the protocols of at least one route pointing to this Plugin's service")
            }
        }
    }

    private static func intersects(_ wanted: [JSONValue], _ route: Record) -> Bool {
        let offered = route.fields["protocols"]?.arrayValue ?? []
        return wanted.contains(where: offered.contains)
    }

    private static func mismatch(_ error: String) -> DataError {
        .schemaViolation(Violations(fields: ["protocols": .string(error)]))
    }
}
