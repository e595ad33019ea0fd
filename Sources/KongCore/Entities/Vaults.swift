extension EntitySchema {
    /// Where references to secrets are resolved.
    static let vaults = EntitySchema(
        "vaults", tableName: "sm_vaults", endpointKey: "prefix", cacheKey: ["prefix"], subschemaKey: "name",
        subschemaError: "vault '%s' is not installed",
        subschemas: { name, _ in VaultTypes.named(name) },
        record: RecordSchema([
            .id,
            .field(
                "prefix", .string, required: true, unique: true, flags: .uniqueAcrossWorkspaces, .notOneOf(["env"]),
                .match("^[a-z][a-z%d-]-[a-z%d]+$")),
            .field("name", .string, required: true),
            .field("description", .string),
            .field("config", .record([]), flags: .abstract),
            .createdAt,
            .updatedAt,
            .tags,
        ]))
}
