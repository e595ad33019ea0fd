extension EntitySchema {
    /// A plugin at work on everything, or on a service, route or consumer.
    static let plugins = EntitySchema(
        "plugins", endpointKey: "instance_name", cacheKey: ["name", "route", "service", "consumer"],
        subschemaKey: "name", subschemaError: "plugin '%s' not enabled; add it to the 'plugins' configuration property",
        subschemas: { name, context in
            context.enabledPlugins.contains(name) ? context.plugins.plugin(name)?.subschema : nil
        },
        refusal: { entity, context in
            guard !context.acceptsUnavailablePlugins, let name = entity["name"]?.stringValue,
                context.plugins.plugin(name)?.available == false,
                // One that another gateway left in the database can be switched off.
                entity["enabled"]?.boolValue != false
            else { return nil }
            // A plugin that is only declared must never let traffic pass unprotected.
            return Violations(fields: ["name": .string("plugin '\(name)' is not available in this version")])
        },
        record: RecordSchema([
            .id,
            .field("name", .string, required: true, doc: "Which plugin."),
            .field("instance_name", .string, unique: true, .custom(.utf8Name), doc: "A unique name for this instance."),
            .createdAt,
            .updatedAt,
            .field("route", .foreign("routes"), default: .null, onDelete: .cascade, doc: "Only for this route."),
            .field("service", .foreign("services"), default: .null, onDelete: .cascade, doc: "Only for this service."),
            .field(
                "consumer", .foreign("consumers"), default: .null, onDelete: .cascade, doc: "Only for this consumer."),
            .field("config", .record([]), flags: .abstract, doc: "The configuration of the plugin."),
            .field(
                "protocols", .set(of: .string, .oneOf(Protocols.allValues)), required: true,
                default: ["grpc", "grpcs", "http", "https"], doc: "The protocols it is run for."),
            .field("enabled", .boolean, required: true, default: true, doc: "Whether it runs."),
            .tags,
        ]))
}
