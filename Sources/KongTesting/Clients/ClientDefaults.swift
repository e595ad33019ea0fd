import KongCore

/// The defaults that declarative clients derive from `/schemas`: decK and the Go client fill them in before they
/// compare, so that what the gateway answers and what this makes must be the same, or a diff never becomes empty.
public struct ClientDefaults {
    public init() {}

    /// A configuration filled in from the schema of its record.
    /// - Parameter aliases: deprecated names in use, with the paths of the fields that took their place.
    public func fill(_ config: JSONObject, _ schema: JSONValue, aliases: [String: [[String]]] = [:]) -> JSONObject {
        var filled = config
        let used = Self.aliases(of: schema).filter { config[$0.key] != nil }.merging(aliases) { own, _ in own }
        for (name, field) in Self.fields(of: schema) {
            let given = config[name]
            switch given {
            case nil: break
            case .object? where field["type"] == "foreign": continue
            case .object? where field["keys"] == nil: break
            case .array? where field["elements"]?["type"] == "record": break
            default: continue
            }
            let inner = used.mapValues { $0.filter { $0.first == name }.map { Array($0.dropFirst()) } }
                .filter { !$0.value.isEmpty }
            if field["type"] == "record", given != nil || field["required"] == true {
                let members = fill(given?.objectValue ?? [:], field, aliases: inner)
                if !members.isEmpty { filled[name] = .object(members) }
                continue
            }
            if !inner.isEmpty { continue }
            if let elements = given?.arrayValue, let element = field["elements"] {
                filled[name] = .array(
                    elements.map { .object(fill($0.objectValue ?? [:], element, aliases: used)) })
                continue
            }
            filled[name] = schema["default"]?[name] ?? field["default"] ?? .null
        }
        return filled
    }

    /// What clients take out of an answer before they compare: deprecated names that they did not send.
    public func withoutAliases(_ answer: JSONObject, sent: JSONObject, _ schema: JSONValue) -> JSONObject {
        var rest = answer
        for name in Self.aliases(of: schema).keys where sent[name] == nil { rest[name] = nil }
        for (name, field) in Self.fields(of: schema) where field["type"] == "record" {
            guard case .object(let members)? = rest[name] else { continue }
            rest[name] = .object(withoutAliases(members, sent: sent[name]?.objectValue ?? [:], field))
        }
        return rest
    }

    /// Kong gives every record all of its fields, those in lists and maps too; clients leave absent ones out.
    public func completed(_ value: JSONValue, _ field: JSONValue) -> JSONValue {
        switch value {
        case .object(let members) where field["values"] != nil:
            return .object(members.mapValues { completed($0, field["values"] ?? .null) })
        case .object(var members) where field["fields"] != nil:
            for (name, inner) in Self.fields(of: field) {
                if case .array(let path)? = inner["translate_backwards"], path.isEmpty { continue }
                let isEmptyRecord = inner["fields"]?.arrayValue?.isEmpty == true && inner["required"] == true
                let absent: JSONValue = isEmptyRecord ? [:] : .null
                members[name] = completed(members[name] ?? absent, inner)
            }
            return .object(members)
        case .array(let elements):
            guard let element = field["elements"] else { return value }
            return .array(elements.map { completed($0, element) })
        default: return value
        }
    }

    /// The fields of a record as `/schemas` shows it, in its order.
    public static func fields(of schema: JSONValue) -> [(name: String, field: JSONValue)] {
        (schema["fields"]?.arrayValue ?? []).compactMap {
            $0.objectValue?.first.map { (name: $0.key, field: $0.value) }
        }
    }

    private static func aliases(of schema: JSONValue) -> [String: [[String]]] {
        var aliases: [String: [[String]]] = [:]
        for case .object(let shorthand) in schema["shorthand_fields"]?.arrayValue ?? [] {
            for (name, field) in shorthand {
                let replaced = field["deprecation"]?["replaced_with"]?.arrayValue?.compactMap { $0["path"] } ?? []
                let paths = replaced.isEmpty ? [field["translate_backwards"]].compactMap(\.self) : replaced
                let names = paths.map { ($0.arrayValue ?? []).compactMap(\.stringValue) }
                if !names.isEmpty { aliases[name] = names }
            }
        }
        return aliases
    }
}
