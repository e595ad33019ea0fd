extension EntitySchema {
    /// A user name with the hash of its password.
    static let basicauthCredentials = EntitySchema(
        "basicauth_credentials", endpointKey: "username", cacheKey: ["username"], adminName: "basic-auths",
        adminNestedName: "basic-auth", ownerPlugin: "basic-auth", transformations: [.basicAuthHash],
        record: RecordSchema([
            .id,
            .createdAt,
            .field(
                "consumer", .foreign("consumers"), required: true, onDelete: .cascade, doc: "Whose credential it is."),
            .field("username", .string, required: true, unique: true, doc: "The unique user name."),
            .field("password", .string, required: true, flags: .encrypted, doc: "Stored as a hash."),
            .tags,
        ]))
}
