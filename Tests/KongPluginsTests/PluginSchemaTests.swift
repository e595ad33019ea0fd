import Foundation
import KongCore
import KongPlugins
import Testing

/// Every field of every plugin's configuration, with every attribute that `/schemas/plugins/{name}` shows of it.
@Suite struct PluginSchemaTests {
    /// By plugin, then by path: `a.b` is a member, `a/elements` what a list holds.
    private static let golden: JSONObject = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/schemas.json")
        guard let data = try? Data(contentsOf: file), let value = try? JSONValue(parsing: Array(data)) else {
            return [:]
        }
        return value.objectValue ?? [:]
    }()

    @Test("fields and attributes are Kong's", arguments: BundledPlugins().all.map(\.name))
    func attributes(name: String) throws {
        let wanted = try #require(Self.golden[name]?.objectValue)
        let plugin = try #require(BundledPlugins().plugin(name))
        var found = JSONObject()
        flatten(.object(plugin.config.describe()), "", into: &found)
        for path in Set(found.keys).union(wanted.keys).sorted() {
            #expect(found[path] == wanted[path], "\(name): \(path)")
        }
    }

    private func flatten(_ schema: JSONValue, _ path: String, into found: inout JSONObject) {
        for list in ["fields", "shorthand_fields"] {
            for case .object(let member) in schema[list]?.arrayValue ?? [] {
                for (name, field) in member {
                    let inner = path.isEmpty ? name : "\(path).\(name)"
                    found[inner] = .object(attributes(of: field, inner))
                    flatten(field, inner, into: &found)
                }
            }
        }
        for part in ["elements", "keys", "values"] {
            guard let element = schema[part] else { continue }
            found["\(path)/\(part)"] = .object(attributes(of: element, ""))
            flatten(element, "\(path)/\(part)", into: &found)
        }
    }

    /// Without what is pinned elsewhere, and without texts for people.
    private func attributes(of field: JSONValue, _ path: String) -> JSONObject {
        var attributes = field.objectValue ?? [:]
        for name in [
            "fields", "shorthand_fields", "elements", "keys", "values", "entity_checks", "description",
            "translate_backwards",
        ] {
            attributes[name] = nil
        }
        if var deprecation = attributes["deprecation"]?.objectValue {
            #expect(deprecation.removeValue(forKey: "message")?.stringValue?.isEmpty == false, "\(path)")
            attributes["deprecation"] = .object(deprecation)
        }
        // Made anew by every process.
        if path == "secret", attributes["default"] != nil { attributes["default"] = nil }
        return attributes
    }
}
