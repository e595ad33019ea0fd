extension EntitySchema {
    /// Counters of the rate-limiting plugin.
    static let ratelimitingMetrics = EntitySchema(
        "ratelimiting_metrics", primaryKey: ["identifier", "period", "period_date", "service_id", "route_id"],
        ttl: true, workspaceable: false, generateAdminAPI: false, dbExport: false, ownerPlugin: "rate-limiting",
        record: RecordSchema([
            .field("identifier", .string, required: true, .lengthMin(0)),
            .field("period", .string, required: true),
            .field("period_date", .integer, required: true, .timestamp),
            .field("service_id", .string, required: true, .uuid),
            .field("route_id", .string, required: true, .uuid),
            .field("value", .integer, required: true),
        ]))
}
