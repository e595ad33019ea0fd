extension EntitySchema {
    /// A certificate with its key.
    static let certificates = EntitySchema(
        "certificates",
        record: RecordSchema(
            [
                .id,
                .createdAt,
                .updatedAt,
                .field("cert", .string, required: true, flags: .referenceable, .custom(.certificate)),
                .field("key", .string, required: true, flags: [.referenceable, .encrypted], .custom(.key)),
                .field("cert_alt", .string, required: false, flags: .referenceable, .custom(.certificate)),
                .field("key_alt", .string, required: false, flags: [.referenceable, .encrypted], .custom(.key)),
                .tags,
                .field("snis", .array(of: .string, .custom(.wildcardHost)), required: false, flags: .transient),
            ],
            checks: [
                .mutuallyRequired(["cert_alt", "key_alt"]),
                .custom(.certKeyMatch),
                .custom(.certAltKeyMatch),
                .custom(.certTypesDiffer),
            ]
        ))
}
