import KongCore
import KongPlugins
import KongTesting
import Testing

/// What a client fills in from `/schemas/plugins/{name}` must be what the gateway answers, for every plugin.
@Suite struct PluginDriftTests {
    private static let context = SchemaContext(
        plugins: BundledPlugins(available: Set(BundledPlugins().all.map(\.name))),
        enabledPlugins: Set(BundledPlugins().all.map(\.name)), now: { 1_700_000_000 })

    private static let cases: [(name: String, config: JSONObject)] = BundledPlugins().all.flatMap { plugin in
        (PluginConfigurations.all[plugin.name] ?? []).map { (plugin.name, $0) }
    }

    @Test("every plugin has a configuration to try")
    func complete() {
        for plugin in BundledPlugins().all {
            #expect(PluginConfigurations.all[plugin.name]?.isEmpty == false, "\(plugin.name)")
        }
    }

    @Test("a configuration filled in by a client is the one that the gateway answers", arguments: cases)
    func defaults(name: String, config: JSONObject) throws {
        let (schema, answer) = try answered(name, config)
        let client = ClientDefaults()
        var wanted = client.completed(.object(client.fill(config, schema)), schema).objectValue ?? [:]
        var got = client.withoutAliases(answer, sent: config, schema)
        // Made anew for each plugin; a client cannot know it.
        if name == "oauth2" {
            wanted["provision_key"] = nil
            got["provision_key"] = nil
        }
        for key in Set(wanted.keys).union(got.keys).sorted() where !isAlias(key, sent: config, schema) {
            #expect(got[key] == wanted[key], "\(name) \(config): \(key)")
        }
    }

    @Test("a configuration that the gateway answered is accepted, and answered again", arguments: cases)
    func idempotent(name: String, config: JSONObject) throws {
        let (_, answer) = try answered(name, config)
        let (_, again) = try answered(name, answer)
        #expect(again == answer)
    }

    /// The schema of the configuration, and what GET shows after POST.
    private func answered(_ name: String, _ config: JSONObject) throws -> (JSONValue, JSONObject) {
        let plugin = try #require(BundledPlugins().plugin(name))
        let schema = JSONValue.object(plugin.config.describe())
        let plugins = try #require(Entities.named("plugins"))
        let stored = try plugins.insert(["name": .string(name), "config": .object(config)], Self.context)
        let shown = plugins.output(stored, Self.context)["config"]?.objectValue
        return (schema, try #require(shown))
    }

    /// A value under an old name is answered under the new one as well; where clients send the old one they leave
    /// both out of the comparison or keep what they sent.
    private func isAlias(_ key: String, sent config: JSONObject, _ schema: JSONValue) -> Bool {
        guard let shorthands = schema["shorthand_fields"]?.arrayValue else { return false }
        for case .object(let shorthand) in shorthands {
            for (name, field) in shorthand where config[name] != nil {
                if key == name || PluginConfigurations.renamed[name] == key { return true }
                let replaced = field["deprecation"]?["replaced_with"]?.arrayValue ?? []
                if replaced.contains(where: { $0["path"]?.arrayValue?.first == .string(key) }) { return true }
            }
        }
        return false
    }
}
