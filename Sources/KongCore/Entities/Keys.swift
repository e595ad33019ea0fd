extension EntitySchema {
    /// A key of asymmetric cryptography.
    static let keys = EntitySchema(
        "keys", endpointKey: "name", cacheKey: ["kid", "set"],
        record: RecordSchema(
            [
                .id,
                .field("set", .foreign("key_sets"), required: false, onDelete: .cascade, doc: "The set it belongs to."),
                .field("name", .string, required: false, unique: true, doc: "A unique name."),
                .field("kid", .string, required: true, unique: false, doc: "The id that tokens name it by."),
                .field("jwk", .string, flags: [.referenceable, .encrypted], doc: "The key as a JSON web key."),
                .field("pem", .record(pem), required: false, .custom(.pemKeys), doc: "The key as PEM texts."),
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
