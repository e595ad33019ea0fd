extension EntitySchema {
    /// A certificate authority that peers are verified against.
    static let caCertificates = EntitySchema(
        "ca_certificates", workspaceable: false, transformations: [.certDigest],
        record: RecordSchema(
            [
                .id,
                .createdAt,
                .updatedAt,
                .field("cert", .string, required: true, .custom(.certificate), doc: "The certificate in PEM."),
                .field("cert_digest", .string, unique: true, doc: "SHA-256 of its DER form."),
                .tags,
            ],
            checks: [
                .custom(.caCertCheck)
            ]
        ))
}
