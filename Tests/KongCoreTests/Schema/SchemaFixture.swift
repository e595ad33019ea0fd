import KongCore

/// A catalogue of two plugins: one that works, one that is only declared.
struct FixtureCatalogue: PluginCatalogue {
    let all: [PluginDescription] = [
        PluginDescription(
            name: "key-auth", priority: 1250, phases: ["access"],
            config: RecordSchema([
                .field("key_names", .array(of: .string, .custom(.headerName)), required: true, default: ["apikey"]),
                .field("hide_credentials", .boolean, required: true, default: false),
                .field("anonymous", .string),
            ]), noConsumer: true, available: true),
        PluginDescription(
            name: "rate-limiting", priority: 910, phases: ["access"],
            config: RecordSchema(
                [
                    .field("minute", .number, .greaterThan(0)),
                    .field("policy", .string, default: "local", .oneOf(["local", "redis"]), .lengthMin(0)),
                    .field("redis", .record(Self.redis), required: true),
                    .field(
                        "limits",
                        .map(
                            keys: .element(.string),
                            values: .element(.record([.field("video", .integer, default: 7)])))),
                ],
                shorthands: [
                    .deprecated("redis_host", .string, for: "redis.host"),
                    .deprecated("redis_port", .integer, for: "redis.port"),
                ]),
            entityChecks: [
                .when("config.policy", .equal("redis"), then: "config.redis.host", .required)
            ]),
    ]

    private static let redis = RecordSchema([
        .field("host", .string, .custom(.host)), .port("port", default: 6379),
        .field("password", .string, flags: [.referenceable, .encrypted], .lengthMin(0)),
    ])

    func plugin(_ name: String) -> PluginDescription? { all.first { $0.name == name } }
}

extension SchemaContext {
    static let fixture = SchemaContext(
        plugins: FixtureCatalogue(), enabledPlugins: ["key-auth", "rate-limiting"], now: { 1_700_000_000.1234 },
        newUUID: { "11111111-1111-4111-8111-111111111111" }, randomString: { "r4nd0m" })

    /// The same, for requests that only validate.
    static var validating: SchemaContext {
        var context = fixture
        context.acceptsUnavailablePlugins = true
        return context
    }
}

/// What an entity's schema makes of `input`: the record, or the message of its violations.
func outcome(
    _ entity: String, _ input: JSONObject, stored: JSONObject? = nil, _ context: SchemaContext = .fixture
) -> Result<JSONObject, Violations> {
    guard let schema = Entities.named(entity) else { return .failure(Violations(entity: ["no schema \(entity)"])) }
    do throws(Violations) {
        if let stored { return .success(try schema.update(input, stored: stored, context)) }
        return .success(try schema.insert(input, context))
    } catch {
        return .failure(error)
    }
}

func message(
    _ entity: String, _ input: JSONObject, stored: JSONObject? = nil, _ context: SchemaContext = .fixture
) -> String? {
    if case .failure(let violations) = outcome(entity, input, stored: stored, context) {
        violations.message
    } else {
        nil
    }
}

func record(
    _ entity: String, _ input: JSONObject, stored: JSONObject? = nil, _ context: SchemaContext = .fixture
) -> JSONObject? {
    if case .success(let record) = outcome(entity, input, stored: stored, context) { record } else { nil }
}
