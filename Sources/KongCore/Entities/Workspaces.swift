extension EntitySchema {
    /// A name space of entities; there is one, `default`.
    static let workspaces = EntitySchema(
        "workspaces", endpointKey: "name", cacheKey: ["name"], workspaceable: false, generateAdminAPI: false,
        record: RecordSchema([
            .id,
            .field(
                "name", .string, required: true, unique: true,
                .notOneOf([
                    "workspaces", "consumers", "certificates", "services", "routes", "snis", "upstreams", "targets",
                    "plugins", "tags", "ca_certificates", "clustering_data_planes", "parameters", "vaults", "key_sets",
                    "keys", "filter_chains",
                ]), .custom(.utf8Name)),
            .field("comment", .string),
            .createdAt,
            .updatedAt,
            .field("meta", .record([]), required: true),
            .field("config", .record([]), required: true),
        ]))
}
