extension EntitySchema {
    /// What the acme plugin keeps in the database.
    static let acmeStorage = EntitySchema(
        "acme_storage", cacheKey: ["key"], ttl: true, workspaceable: false, ownerPlugin: "acme",
        record: RecordSchema([
            .id,
            .field("key", .string, required: true, unique: true, flags: .auto),
            .field("value", .string, required: true, flags: .auto),
            .createdAt,
        ]))
}
