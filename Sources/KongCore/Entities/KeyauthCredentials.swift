extension EntitySchema {
    /// An API key.
    static let keyauthCredentials = EntitySchema(
        "keyauth_credentials", endpointKey: "key", cacheKey: ["key"], ttl: true, adminName: "key-auths",
        adminNestedName: "key-auth", ownerPlugin: "key-auth",
        record: RecordSchema([
            .id,
            .createdAt,
            .field("consumer", .foreign("consumers"), required: true, onDelete: .cascade, doc: "Whose key it is."),
            .field(
                "key", .string, required: false, unique: true, flags: .auto, doc: "The key; a random one when absent."),
            .tags,
        ]))
}
