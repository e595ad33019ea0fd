extension EntitySchema {
    /// A consumer's membership in a group.
    static let acls = EntitySchema(
        "acls", cacheKey: ["consumer", "group"], ownerPlugin: "acl",
        record: RecordSchema([
            .id,
            .createdAt,
            .field("consumer", .foreign("consumers"), required: true, onDelete: .cascade, doc: "Who is a member."),
            .field("group", .string, required: true, doc: "Of which group."),
            .tags,
        ]))
}
