extension EntitySchema {
    /// A code that can be exchanged for a token.
    static let oauth2AuthorizationCodes = EntitySchema(
        "oauth2_authorization_codes", ttl: true, generateAdminAPI: false, dbExport: false, ownerPlugin: "oauth2",
        record: RecordSchema([
            .id,
            .createdAt,
            .field("service", .foreign("services"), default: .null, onDelete: .cascade),
            .field("credential", .foreign("oauth2_credentials"), required: true, onDelete: .cascade),
            .field("code", .string, required: false, unique: true, flags: .auto),
            .field("authenticated_userid", .string, required: false),
            .field("scope", .string),
            .field("challenge", .string, required: false),
            .field("challenge_method", .string, required: false, .oneOf(["S256"])),
            .field("plugin", .foreign("plugins"), default: .null, onDelete: .cascade),
        ]))
}
