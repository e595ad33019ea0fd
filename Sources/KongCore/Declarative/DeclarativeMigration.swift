/// Old formats in today's terms.
enum DeclarativeMigration {
    /// Before 3.0 a path was a regular expression when it looked like one; now `~` says so.
    static func migrate(_ input: JSONObject) -> JSONObject {
        switch input["_format_version"] {
        case "1.1", "2.1": migrateRoutes(in: input)
        default: input
        }
    }

    private static func migrateRoutes(in members: JSONObject) -> JSONObject {
        var migrated = members
        for (name, value) in members {
            guard case .array(let elements) = value else { continue }
            migrated[name] = .array(
                elements.map { element in
                    guard case .object(let members) = element else { return element }
                    var entity = migrateRoutes(in: members)
                    if name == "routes", case .array(let paths)? = entity["paths"] {
                        entity["paths"] = .array(paths.map(migrate(path:)))
                    }
                    return .object(entity)
                })
        }
        return migrated
    }

    private static func migrate(path: JSONValue) -> JSONValue {
        guard case .string(let text) = path, !text.hasPrefix("~") else { return path }
        let isPlain = text.utf8.allSatisfy { $0.isASCIIAlphanumeric || ".-_~/%".utf8.contains($0) }
        return isPlain ? path : .string("~" + text)
    }
}
