extension EntitySchema {
    /// A key that signs tokens.
    static let jwtSecrets = EntitySchema(
        "jwt_secrets", endpointKey: "key", cacheKey: ["key"], adminName: "jwts", adminNestedName: "jwt",
        ownerPlugin: "jwt",
        record: RecordSchema(
            [
                .id,
                .createdAt,
                .field("consumer", .foreign("consumers"), required: true, onDelete: .cascade),
                .field("key", .string, required: false, unique: true, flags: .auto),
                .field("secret", .string, flags: .auto),
                .field("rsa_public_key", .string),
                .field(
                    "algorithm", .string, default: "HS256",
                    .oneOf([
                        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256",
                        "PS384", "PS512", "EdDSA",
                    ])),
                .tags,
            ],
            checks: [
                .when(
                    "algorithm",
                    .check(
                        .matchAny(
                            ["^RS256$", "^RS384$", "^RS512$", "^PS256$", "^PS384$", "^PS512$", "^EdDSA$"], error: "")),
                    then: "rsa_public_key", .attributes(required: true, .custom(.jwtPublicKey)))
            ]
        ))
}
