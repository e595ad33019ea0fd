extension EntitySchema {
    /// Who uses the APIs.
    static let consumers = EntitySchema(
        "consumers", endpointKey: "username",
        record: RecordSchema(
            [
                .id,
                .createdAt,
                .updatedAt,
                .field("username", .string, unique: true),
                .field("custom_id", .string, unique: true),
                .tags,
            ],
            checks: [
                .atLeastOneOf(["custom_id", "username"])
            ]
        ))
}
