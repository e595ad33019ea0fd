extension EntitySchema {
    /// A browser session.
    static let sessions = EntitySchema(
        "sessions", endpointKey: "session_id", cacheKey: ["session_id"], ttl: true, workspaceable: false,
        dbExport: false, ownerPlugin: "session",
        record: RecordSchema([
            .id,
            .field("session_id", .string, required: true, unique: true),
            .field("expires", .integer),
            .field("data", .string),
            .createdAt,
        ]))
}
