extension EntitySchema {
    /// The server names a certificate is served for.
    static let snis = EntitySchema(
        "snis", endpointKey: "name",
        record: RecordSchema([
            .id,
            .field(
                "name", .string, required: true, unique: true, flags: .uniqueAcrossWorkspaces, .custom(.wildcardHost)),
            .createdAt,
            .updatedAt,
            .tags,
            .field("certificate", .foreign("certificates"), required: true),
        ]))
}
