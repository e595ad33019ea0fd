import KongCore

extension PluginDescription {
    /// The subschema of a plugin as `/schemas/plugins/{name}` shows it: what it pins of the plugins entity, and its
    /// configuration.
    public func describe() -> JSONObject {
        var fields: [JSONValue] = []
        for (name, entity, absent) in [
            ("consumer", "consumers", noConsumer), ("service", "services", noService), ("route", "routes", noRoute),
        ] where absent {
            fields.append([name: ["type": "foreign", "reference": .string(entity), "eq": .null]])
        }
        fields.append([
            "protocols": [
                "type": "set", "required": true, "default": .array(protocolsDefault.map(JSONValue.string)),
                "elements": ["type": "string", "one_of": .array(protocolsAllowed.map(JSONValue.string))],
            ]
        ])
        var configuration = config.describe()
        configuration["type"] = "record"
        configuration["required"] = true
        fields.append(["config": .object(configuration)])
        let checks = RecordSchema([], checks: entityChecks).describe()["entity_checks"]
        return ["fields": .array(fields), "entity_checks": checks ?? []]
    }
}
