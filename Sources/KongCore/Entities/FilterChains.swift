extension EntitySchema {
    /// WebAssembly filters; declared for the layout of the database only.
    static let filterChains = EntitySchema(
        "filter_chains", endpointKey: "name", cacheKey: ["route", "service"], adminName: "filter-chains",
        record: RecordSchema(
            [
                .id,
                .utf8Name,
                .field("enabled", .boolean, required: true, default: true),
                .field("route", .foreign("routes"), default: .null, unique: true, onDelete: .cascade),
                .field("service", .foreign("services"), default: .null, unique: true, onDelete: .cascade),
                .field("filters", .array(.element(.record(filter))), required: true, .lengthMin(1)),
                .createdAt,
                .updatedAt,
                .tags,
            ],
            checks: [
                .mutuallyExclusive(["service", "route"]),
                .atLeastOneOf(["service", "route"]),
            ]
        ))
}

private let filter = RecordSchema([
    .field("name", .string, required: true, error: "no such filter", .oneOf([])),
    .field("enabled", .boolean, required: true, default: true),
    .field("config", .json, required: false),
])
