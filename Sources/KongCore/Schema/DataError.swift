// The errors of the data layer: code, name and texts are Kong's (clients switch on them).

/// A refusal by the data layer, with everything its answer needs.
public struct DataError: Error, Sendable {
    public var code: Int
    public var name: String
    public var message: String
    /// The offending fields; nil where the body has no `fields`.
    public var fields: JSONObject?
    /// Of invalid options only.
    public var options: JSONObject?
    /// Of declarative configurations only, when the client asked for flattened errors.
    public var flattenedErrors: [JSONValue]?

    init(_ code: Int, _ name: String, _ message: String, fields: JSONObject? = nil, options: JSONObject? = nil) {
        self.code = code
        self.name = name
        self.message = message
        self.fields = fields
        self.options = options
    }

    /// The status with which the REST API answers.
    public var httpStatus: Int {
        switch code {
        case 1...4, 7, 9, 10, 11, 13, 14, 19: 400
        case 5: 409
        case 6: 404
        case 12: 405
        case Self.unavailableCode: 503
        default: 500
        }
    }

    /// The body with which the REST API answers. What went wrong inside is for the log, not for clients.
    public var body: JSONValue {
        if code == Self.unavailableCode { return ["message": .string(message)] }
        if httpStatus == 500 { return ["message": "An unexpected error occurred"] }
        var members: JSONObject = ["code": .integer(Int64(code)), "name": .string(name), "message": .string(message)]
        if let fields { members["fields"] = .object(fields) }
        if let options { members["options"] = .object(options) }
        if let flattenedErrors { members["flattened_errors"] = .array(flattenedErrors) }
        return .object(members)
    }

    /// Not one of Kong's codes: the store or the snapshot cannot keep a write now.
    private static let unavailableCode = 0
}

extension DataError {
    public static func invalidPrimaryKey(_ key: JSONObject, fields: JSONObject) -> DataError {
        DataError(1, "invalid primary key", "invalid primary key: '\(JSONValue.object(key).luaText)'", fields: fields)
    }

    public static func schemaViolation(_ violations: Violations) -> DataError {
        DataError(2, "schema violation", violations.message, fields: violations.allFields)
    }

    public static func primaryKeyViolation(_ key: JSONObject) -> DataError {
        DataError(
            3, "primary key violation", "primary key violation on key '\(JSONValue.object(key).luaText)'", fields: key)
    }

    /// - Parameter key: the foreign field with its value: `["service": ["id": …]]`.
    public static func foreignKeyViolation(_ key: JSONObject, parent: String) -> DataError {
        let shown = key.count == 1 ? key.values.first ?? .null : .object(key)
        return DataError(
            4, "foreign key violation",
            "the foreign key '\(shown.luaText)' does not reference an existing '\(parent)' entity.", fields: key)
    }

    public static func referenced(parent: String, by child: String) -> DataError {
        DataError(
            4, "foreign key violation", "an existing '\(child)' entity references this '\(parent)' entity",
            fields: ["@referenced_by": .string(child)])
    }

    public static func uniqueViolation(_ key: JSONObject) -> DataError {
        DataError(
            5, "unique constraint violation", "UNIQUE violation detected on '\(JSONValue.object(key).luaText)'",
            fields: key)
    }

    public static func notFound(primaryKey key: JSONObject) -> DataError {
        DataError(
            6, "not found", "could not find the entity with primary key '\(JSONValue.object(key).luaText)'",
            fields: key)
    }

    public static func notFound(unique key: JSONObject) -> DataError {
        DataError(6, "not found", "could not find the entity with '\(JSONValue.object(key).luaText)'", fields: key)
    }

    public static func invalidOffset(_ offset: String, reason: String) -> DataError {
        DataError(7, "invalid offset", "'\(offset)' is not a valid offset: \(reason)")
    }

    /// - Parameter message: goes to the log; clients see an unexpected error.
    public static func database(_ message: String) -> DataError {
        DataError(8, "database error", message)
    }

    public static func invalidSize(_ message: String) -> DataError {
        DataError(9, "invalid size", message)
    }

    public static func invalidUnique(field: String, error: String) -> DataError {
        DataError(10, "invalid unique \(field)", error)
    }

    public static func invalidOptions(_ options: JSONObject) -> DataError {
        let listed = options.sorted { $0.key < $1.key }.map { "\($0): \($1.luaBareText)" }
        let text = listed.joined(separator: "; ")
        let message = listed.count == 1 ? "invalid option (\(text))" : "\(listed.count) option violations (\(text))"
        return DataError(11, "invalid options", message, options: options)
    }

    public static func unsupported(_ message: String) -> DataError {
        DataError(12, "operation unsupported", message)
    }

    /// - Parameter unresolved: by foreign field, the key that was given and the entity it should name.
    public static func foreignKeysUnresolved(
        _ unresolved: [(field: String, key: JSONObject, parent: String)]
    ) -> DataError {
        var fields = JSONObject()
        var listed: [String] = []
        for (field, key, parent) in unresolved {
            let name = key.keys.sorted().first ?? "id"
            let text =
                "the foreign key cannot be resolved with '\(JSONValue.object(key).luaText)'"
                + " for an existing '\(parent)' entity"
            fields[field] = .object([name: .string(text)])
            listed.append("\(field).\(name): \(text)")
        }
        let text = listed.sorted().joined(separator: "; ")
        let message =
            listed.count == 1 ? "foreign key unresolved (\(text))" : "\(listed.count) foreign keys unresolved (\(text))"
        return DataError(13, "foreign keys unresolved", message, fields: fields)
    }

    public static func declarative(_ fields: JSONObject) -> DataError {
        DataError(
            14, "invalid declarative configuration",
            "declarative config is invalid: \(JSONValue.object(fields).luaText)", fields: fields)
    }

    public static func transformation(_ message: String) -> DataError {
        DataError(15, "transformation error", message)
    }

    public static func referencedByOthers(_ message: String) -> DataError {
        DataError(19, "referenced by others", message)
    }

    /// A write that cannot be kept now: the store is away, the disk or the snapshot is full.
    public static func unavailable(_ message: String) -> DataError {
        DataError(unavailableCode, "service unavailable", message)
    }
}
