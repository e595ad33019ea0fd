extension EntitySchema {
    /// Who uses the APIs.
    static let consumers = EntitySchema(
        "consumers", endpointKey: "username",
        record: RecordSchema(
            [
                .id,
                .createdAt,
                .updatedAt,
                .field("username", .string, unique: true, doc: "A unique name."),
                .field("custom_id", .string, unique: true, doc: "The id of the consumer in another system."),
                .tags,
            ],
            checks: [
                .atLeastOneOf(["custom_id", "username"])
            ]
        ))
}
