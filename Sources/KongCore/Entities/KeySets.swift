extension EntitySchema {
    /// A named set of keys.
    static let keySets = EntitySchema(
        "key_sets", endpointKey: "name", adminName: "key-sets",
        record: RecordSchema([
            .id,
            .field("name", .string, required: false, unique: true, doc: "A unique name."),
            .tags,
            .createdAt,
            .updatedAt,
        ]))
}
