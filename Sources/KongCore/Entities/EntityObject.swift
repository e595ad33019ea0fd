// What all entities have in common, as they are stored and shown.
extension JSONObject {
    package var id: String? { self["id"]?.stringValue }

    /// The id that a foreign field holds.
    package func reference(_ field: String) -> String? { self[field]?["id"]?.stringValue }
}
