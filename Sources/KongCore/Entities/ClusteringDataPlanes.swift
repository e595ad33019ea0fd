extension EntitySchema {
    /// The data planes that a control plane has seen.
    static let clusteringDataPlanes = EntitySchema(
        "clustering_data_planes", ttl: true, workspaceable: false, adminName: "clustering/data-planes",
        generateAdminAPI: false, dbExport: false,
        record: RecordSchema([
            .field("id", .string, required: true, flags: .auto, .uuid),
            .field("last_seen", .integer, flags: .auto, .timestamp),
            .updatedAt,
            .field("ip", .string, required: true, .custom(.ip)),
            .field("config_hash", .string, .lengthEqual(32)),
            .field("hostname", .string, required: true, .custom(.host)),
            .field(
                "version", .string, .matchNone([PatternRule("%.%.", error: "must not have empty version segments")]),
                .matchAny(
                    ["^%d+[%.%d]*$", "^%d+[%.%d]*%-?.*$"], error: "invalid version number: must be in format of X.Y.Z")),
            .field(
                "sync_status", .string, required: true, default: "unknown",
                .oneOf([
                    "unknown", "normal", "kong_version_incompatible", "plugin_set_incompatible",
                    "plugin_version_incompatible", "filter_set_incompatible",
                ])),
            .field("labels", .map(keys: .element(.string), values: .element(.string))),
            .field("cert_details", .record(certDetails), required: true),
            .field("rpc_capabilities", .set(of: .string)),
        ]))
}

private let certDetails = RecordSchema([
    .field("expiry_timestamp", .number, required: false, .timestamp)
])
