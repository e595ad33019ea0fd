extension EntitySchema {
    /// Internal facts about the cluster.
    static let parameters = EntitySchema(
        "parameters", primaryKey: ["key"], cacheKey: ["key"], workspaceable: false, generateAdminAPI: false,
        record: RecordSchema([
            .createdAt,
            .field("key", .string, required: true, unique: true),
            .field("value", .string, required: true),
        ]))
}
