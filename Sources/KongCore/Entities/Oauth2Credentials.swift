extension EntitySchema {
    /// A client application.
    static let oauth2Credentials = EntitySchema(
        "oauth2_credentials", endpointKey: "client_id", cacheKey: ["client_id"], adminName: "oauth2",
        ownerPlugin: "oauth2", transformations: [.oauth2HashSecret],
        record: RecordSchema([
            .id,
            .createdAt,
            .field("consumer", .foreign("consumers"), required: true, onDelete: .cascade),
            .field("name", .string, required: true),
            .field("client_id", .string, required: false, unique: true, flags: .auto),
            .field("client_secret", .string, required: false, flags: [.auto, .encrypted]),
            .field("hash_secret", .boolean, required: true, default: false),
            .field("redirect_uris", .array(of: .string, .custom(.redirectUri)), required: false),
            .tags,
            .field(
                "client_type", .string, required: true, default: "confidential", .oneOf(["confidential", "public"])),
        ]))
}
