extension EntitySchema {
    /// The read-only view of all tags.
    static let tags = EntitySchema(
        "tags", primaryKey: ["tag"], endpointKey: "tag", workspaceable: false, dbExport: false,
        record: RecordSchema([
            .field("tag", .string, required: true, .custom(.tag)),
            .field("entity_name", .string, required: true),
            .field("entity_id", .string, required: true, flags: .auto, .uuid),
        ]))
}
