extension EntitySchema {
    /// An address behind an upstream.
    static let targets = EntitySchema(
        "targets", endpointKey: "target", cacheKey: ["upstream", "target"], transformations: [.targetAddress],
        record: RecordSchema([
            .id,
            .field("created_at", .number, flags: .auto, .timestamp),
            .field("updated_at", .number, flags: .auto, .timestamp),
            .field("upstream", .foreign("upstreams"), required: true, onDelete: .cascade, doc: "Whose target it is."),
            .field("target", .string, required: true, .custom(.target), doc: "Host, optionally with a port."),
            .port("weight", default: 100, doc: "Its share of the requests; 0 takes it out."),
            .tags,
        ]))
}

extension EntityTransformation {
    /// Targets are stored with a port, addresses in one form.
    static let targetAddress = EntityTransformation(input: ["target"]) { entity, _ in
        // Unreadable ones were refused before.
        guard let text = entity["target"]?.stringValue, let host = try? HostName(parsing: text) else { return }
        entity["target"] = .string("\(host.host):\(host.port ?? 8000)")
    }
}
