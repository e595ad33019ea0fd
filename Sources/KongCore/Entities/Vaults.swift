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
                .match("^[a-z][a-z%d-]-[a-z%d]+$"), doc: "The name that references use."),
            .field("name", .string, required: true, doc: "The type of the vault."),
            .field("description", .string, doc: "What it is for."),
            .field("config", .record([]), flags: .abstract, doc: "The configuration of its type."),
            .createdAt,
            .updatedAt,
            .tags,
        ]))
}
