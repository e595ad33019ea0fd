import KongCore

// What a plugin's protocols must have in common with what it is attached to.
extension WriteTransaction {
    /// - Parameter plugin: as sent on insert and upsert (defaults are not checked, as in Kong), merged on update.
    func checkProtocols(ofPlugin plugin: JSONObject) throws {
        guard let wanted = plugin["protocols"]?.arrayValue, let routes = layout.find("routes") else { return }
        if let id = plugin.reference("route") {
            guard let route = try session.first(routes, key: id, now: nil) else { return }
            if !Self.intersects(wanted, route) { throw Self.mismatch("must match the associated route's protocols") }
        } else if let id = plugin.reference("service") {
            try checkRoutes(ofService: id, routes, wanted)
        }
    }

    /// Usually the first few routes decide: a service may have any number.
    private func checkRoutes(ofService id: String, _ routes: Table, _ wanted: [JSONValue]) throws {
        var after: String?
        repeat {
            let page = Query(routes, [.equals(column: "service_id", .string(id))], after: after, limit: 100, now: nil)
            let found = try session.select(page)
            if after == nil, found.isEmpty { return }
            if found.contains(where: { Self.intersects(wanted, $0) }) { return }
            after = found.count == 100 ? found.last?.key(routes) : nil
        } while after != nil
        throw Self.mismatch("must match the protocols of at least one route pointing to this Plugin's service")
    }

    private static func intersects(_ wanted: [JSONValue], _ route: Record) -> Bool {
        let offered = route.fields["protocols"]?.arrayValue ?? []
        return wanted.contains(where: offered.contains)
    }

    private static func mismatch(_ error: String) -> DataError {
        .schemaViolation(Violations(fields: ["protocols": .string(error)]))
    }
}
