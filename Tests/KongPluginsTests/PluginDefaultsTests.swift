import Foundation
import KongCore
import KongPlugins
import Testing

/// Defaults decide what clients see as drift, so every one of Kong's is pinned.
@Suite struct PluginDefaultsTests {
    private static let golden: JSONObject = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/defaults.json")
        guard let data = try? Data(contentsOf: file), let value = try? JSONValue(parsing: Array(data)) else {
            return [:]
        }
        return value.objectValue ?? [:]
    }()

    static let catalogue = BundledPlugins()
    static let context = SchemaContext(
        plugins: catalogue, enabledPlugins: Set(catalogue.all.map(\.name)), now: { 1_700_000_000 })

    @Test("all 45 plugins are declared")
    func complete() {
        #expect(Self.catalogue.all.map(\.name).sorted() == Self.golden.keys.sorted())
        #expect(Self.catalogue.all.count == 45)
    }

    @Test("defaults of a plugin", arguments: catalogue.all.map(\.name))
    func defaults(name: String) throws {
        let expected = try #require(Self.golden[name])
        let plugins = try #require(Entities.named("plugins"))
        let shown = plugins.output(["name": .string(name), "config": [:]], Self.context)
        var config = try #require(shown["config"]?.objectValue)
        if name == "session" { config["secret"] = "<random>" }
        let wanted = try #require(expected["config"]?.objectValue)
        for key in Set(config.keys).union(wanted.keys).sorted() {
            #expect(config[key] == wanted[key], "\(name).\(key)")
        }
        #expect(shown["protocols"] == expected["protocols"])
    }

    @Test("plugins run in Kong's order")
    func order() throws {
        for plugin in Self.catalogue.all {
            #expect(Self.golden[plugin.name]?["priority"] == .integer(Int64(plugin.priority)))
            #expect(Self.golden[plugin.name]?["phases"] == .array(plugin.phases.map(JSONValue.string)))
        }
        let priorities = Self.catalogue.all.map(\.priority)
        #expect(priorities == priorities.sorted(by: >))
    }
}
