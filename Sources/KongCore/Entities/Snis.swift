extension EntitySchema {
    /// The server names a certificate is served for.
    static let snis = EntitySchema(
        "snis", endpointKey: "name",
        record: RecordSchema([
            .id,
            .field(
                "name", .string, required: true, unique: true, flags: .uniqueAcrossWorkspaces, .custom(.wildcardHost),
                doc: "The server name; a wildcard may be first or last."),
            .createdAt,
            .updatedAt,
            .tags,
            .field("certificate", .foreign("certificates"), required: true, doc: "What is served for it."),
        ]))
}
