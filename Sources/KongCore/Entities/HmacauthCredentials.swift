extension EntitySchema {
    /// A user name with its shared secret.
    static let hmacauthCredentials = EntitySchema(
        "hmacauth_credentials", endpointKey: "username", cacheKey: ["username"], adminName: "hmac-auths",
        adminNestedName: "hmac-auth", ownerPlugin: "hmac-auth",
        record: RecordSchema([
            .id,
            .createdAt,
            .field("consumer", .foreign("consumers"), required: true, onDelete: .cascade),
            .field("username", .string, required: true, unique: true),
            .field("secret", .string, flags: .auto),
            .tags,
        ]))
}
