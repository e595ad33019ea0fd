extension EntitySchema {
    /// A key of asymmetric cryptography.
    static let keys = EntitySchema(
        "keys", endpointKey: "name", cacheKey: ["kid", "set"],
        record: RecordSchema(
            [
                .id,
                .field("set", .foreign("key_sets"), required: false, onDelete: .cascade),
                .field("name", .string, required: false, unique: true),
                .field("kid", .string, required: true, unique: false),
                .field("jwk", .string, flags: [.referenceable, .encrypted]),
                .field("pem", .record(pem), required: false, .custom(.pemKeys)),
                .tags,
                .createdAt,
                .updatedAt,
            ],
            checks: [
                .mutuallyExclusive(["jwk", "pem"]),
                .atLeastOneOf(["jwk", "pem"]),
                .custom(.jwkCheck),
            ]
        ))
}

private let pem = RecordSchema(
    [
        .field("private_key", .string, required: false, flags: [.referenceable, .encrypted]),
        .field("public_key", .string, required: false, flags: .referenceable),
    ],
    checks: [
        .atLeastOneOf(["private_key", "public_key"])
    ]
)
