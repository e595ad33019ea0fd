// A whole configuration in one file: read, given ids, validated; every error at once.

/// A declarative configuration that was found valid.
public struct DeclarativeConfiguration: Sendable {
    public struct Entry: Sendable {
        public var entity: String
        public var record: JSONObject
        /// Seconds until it expires, for entities that may.
        public var ttl: Int64?
    }

    /// In dependency order: what others refer to comes first.
    public var entries: [Entry]
    /// Whether secrets were still to be hashed.
    public var transform: Bool

    /// The workspace that everything belongs to when no database names another.
    public static let defaultWorkspaceID = "0dc6f45b-8f8d-40d2-a504-473544ee190b"

    /// Reads a configuration that was decoded from YAML or JSON.
    /// - Parameter flattenErrors: report errors by entity instead of by place in the file.
    /// - Throws: `invalid declarative configuration` with every error.
    public init(_ value: JSONValue, _ context: SchemaContext, flattenErrors: Bool = false) throws(DataError) {
        guard case .object(let input) = value else {
            throw .declarative(["error": "failed parsing declarative configuration: expected an object"])
        }
        let migrated = DeclarativeMigration.migrate(input)
        let tree = DeclarativeTree(migrated, context: context)
        let identity = DeclarativeIdentity(tree.nodes, context: context)
        transform = input["_transform"] != false
        for node in tree.nodes where node.errors[DeclarativeNode.wholeKey] == nil {
            Self.validate(node, identity, context, transform: transform)
        }
        var errors = tree.errors.merging(Self.metaErrors(input)) { old, _ in old }
        for (entity, nodes) in tree.lists { errors[entity] = DeclarativeNode.list(of: nodes) ?? errors[entity] }
        let conflicts = DeclarativeConflicts(tree, identity)
        errors = errors.isEmpty ? conflicts.fields : conflicts.addingDuplicates(to: errors)
        if !errors.isEmpty {
            throw flattenErrors ? FlattenedErrors(input: migrated, errors: errors).dataError : .declarative(errors)
        }
        var byEntity: [String: [Entry]] = [:]
        for node in tree.nodes {
            var record = node.record
            let ttl = record.removeValue(forKey: "ttl")?.intValue
            byEntity[node.name, default: []].append(Entry(entity: node.name, record: record, ttl: ttl))
        }
        entries = Entities.all.flatMap { byEntity[$0.name] ?? [] }
    }

    /// Members that describe the file itself.
    private static func metaErrors(_ input: JSONObject) -> JSONObject {
        var errors = JSONObject()
        let versions: [JSONValue] = ["1.1", "2.1", "3.0"]
        switch input["_format_version"] {
        case nil, .null?: errors["_format_version"] = .string(Message.required)
        case .string(let version)? where !versions.contains(.string(version)):
            errors["_format_version"] = .string(Message.oneOf(versions))
        case .string?: break
        default: errors["_format_version"] = .string(Message.string)
        }
        for (name, value) in input where name.hasPrefix("_") && !value.isNull {
            switch (name, value) {
            case ("_format_version", _), ("_transform", .bool), ("_comment", .string), ("_ignore", .array): break
            case ("_transform", _): errors[name] = .string(Message.boolean)
            case ("_comment", _): errors[name] = .string(Message.string)
            case ("_ignore", _): errors[name] = .string(Message.array)
            default: errors[name] = .string(Message.unknown)
            }
        }
        return errors
    }

    private static func validate(
        _ node: DeclarativeNode, _ identity: DeclarativeIdentity, _ context: SchemaContext, transform: Bool
    ) {
        var input = node.fields
        for (field, entity) in node.schema.foreignFields {
            if case .string(let reference)? = input[field.name] {
                // One that leads nowhere is reported later; until then any id will do.
                let found = identity.find(reference, in: entity)?.fields["id"]?.stringValue
                input[field.name] = ["id": .string(found ?? context.newUUID())]
            }
        }
        if let parent = node.parent, let field = node.parentField {
            let id = parent.fields["id"]?.stringValue
            input[field] = ["id": .string(id.flatMap { $0.isUUID ? $0 : nil } ?? context.newUUID())]
        }
        do throws(Violations) {
            node.record = try node.schema.insert(input, context, transform: transform)
        } catch {
            node.errors.merge(error.allFields) { old, _ in old }
        }
    }
}
