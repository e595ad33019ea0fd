extension EntitySchema {
    /// An issued token.
    static let oauth2Tokens = EntitySchema(
        "oauth2_tokens", endpointKey: "access_token", cacheKey: ["access_token"], ttl: true, ownerPlugin: "oauth2",
        record: RecordSchema([
            .id,
            .createdAt,
            .field("service", .foreign("services"), default: .null, onDelete: .cascade),
            .field("credential", .foreign("oauth2_credentials"), required: true, onDelete: .cascade),
            .field("token_type", .string, required: true, default: "bearer", .oneOf(["bearer"])),
            .field("expires_in", .integer, required: true),
            .field("access_token", .string, required: false, unique: true, flags: .auto),
            .field("refresh_token", .string, required: false, unique: true),
            .field("authenticated_userid", .string, required: false),
            .field("scope", .string),
        ]))
}
