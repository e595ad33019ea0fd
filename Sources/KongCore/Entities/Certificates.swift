extension EntitySchema {
    /// A certificate with its key.
    static let certificates = EntitySchema(
        "certificates",
        record: RecordSchema(
            [
                .id,
                .createdAt,
                .updatedAt,
                .field(
                    "cert", .string, required: true, flags: .referenceable, .custom(.certificate),
                    doc: "The chain in PEM."),
                .field(
                    "key", .string, required: true, flags: [.referenceable, .encrypted], .custom(.key),
                    doc: "The private key in PEM."),
                .field(
                    "cert_alt", .string, required: false, flags: .referenceable, .custom(.certificate),
                    doc: "A chain of another key type."),
                .field(
                    "key_alt", .string, required: false, flags: [.referenceable, .encrypted], .custom(.key),
                    doc: "The private key of `cert_alt`."),
                .tags,
                .field(
                    "snis", .array(of: .string, .custom(.wildcardHost)), required: false, flags: .transient,
                    doc: "The names it is served for."),
            ],
            checks: [
                .mutuallyRequired(["cert_alt", "key_alt"]),
                .custom(.certKeyMatch),
                .custom(.certAltKeyMatch),
                .custom(.certTypesDiffer),
            ]
        ))
}
