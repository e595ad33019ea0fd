// Reads the shape of a declarative file: which entities there are and how they nest.

/// The entities of a file before they are validated.
struct DeclarativeTree {
    /// By top-level list, in dependency order.
    private(set) var lists: [(entity: String, nodes: [DeclarativeNode])] = []
    /// Every node, parents before their children.
    private(set) var nodes: [DeclarativeNode] = []
    /// Errors of the file itself.
    private(set) var errors = JSONObject()
    private let schemas: [EntitySchema]
    /// By entity, what may nest in it and by which field that refers to it.
    private let childSchemas: [String: [(schema: EntitySchema, field: String)]]

    init(_ input: JSONObject, context: SchemaContext) {
        schemas = Self.knownEntities(context)
        var childSchemas: [String: [(schema: EntitySchema, field: String)]] = [:]
        for schema in schemas {
            var parents: Set<String> = []
            for (field, parent) in schema.foreignFields where parents.insert(parent).inserted {
                childSchemas[parent, default: []].append((schema, field.name))
            }
        }
        self.childSchemas = childSchemas
        for (name, value) in input where !name.hasPrefix("_") {
            if !schemas.contains(where: { $0.name == name }) {
                errors[name] = .string(Message.unknown)
            } else if let error = Self.listError(value) {
                errors[name] = .string(error)
            }
        }
        for schema in schemas {
            guard let elements = Self.elements(input[schema.name]) else { continue }
            lists.append((schema.name, read(elements, schema, parent: nil, parentField: nil)))
        }
    }

    /// What a file may hold: the core, and what enabled plugins own.
    static func knownEntities(_ context: SchemaContext) -> [EntitySchema] {
        Entities.all.filter { schema in
            if let owner = schema.ownerPlugin { return context.enabledPlugins.contains(owner) }
            return schema.name != "tags"
        }.map { $0.flavored(context.routerFlavor) }
    }

    /// An empty object is an empty list too.
    private static func elements(_ value: JSONValue?) -> [JSONValue]? {
        switch value {
        case .array(let elements)?: elements
        default: nil
        }
    }

    private static func listError(_ value: JSONValue) -> String? {
        switch value {
        case .null, .array: nil
        case .object(let members) where members.isEmpty: nil
        default: Message.array
        }
    }

    private mutating func read(
        _ elements: [JSONValue], _ schema: EntitySchema, parent: DeclarativeNode?, parentField: String?
    ) -> [DeclarativeNode] {
        elements.enumerated().map { position, element in
            let members = element.objectValue ?? (element == .array([]) ? [:] : nil)
            let node = DeclarativeNode(
                schema, fields: members ?? [:], position: position, parent: parent, parentField: parentField)
            nodes.append(node)
            if members == nil {
                node.errors[DeclarativeNode.wholeKey] = .string(element.isNull ? Message.required : Message.record)
            } else {
                readAnnotations(node)
                readChildren(node)
            }
            return node
        }
    }

    private func readAnnotations(_ node: DeclarativeNode) {
        if let comment = node.fields.removeValue(forKey: "_comment"), !comment.isNull, comment.stringValue == nil {
            node.errors["_comment"] = .string(Message.string)
        }
        if let ignored = node.fields.removeValue(forKey: "_ignore"), let error = Self.listError(ignored) {
            node.errors["_ignore"] = .string(error)
        }
        node.fields["ws_id"] = nil
    }

    private mutating func readChildren(_ node: DeclarativeNode) {
        for (schema, field) in childSchemas[node.name] ?? [] {
            guard let value = node.fields[schema.name] else { continue }
            let own = node.schema.record.field(schema.name)
            // A field of the same name wins, unless it only lists the names of children.
            if let own, !own.isTransient { continue }
            node.fields[schema.name] = nil
            if let error = Self.listError(value) {
                node.errors[schema.name] = .string(error)
            } else if var elements = Self.elements(value) {
                if own != nil, let key = schema.endpointKey {
                    elements = elements.map { $0.stringValue == nil ? $0 : .object([key: $0]) }
                }
                node.children.append(
                    (schema.name, read(elements, schema, parent: node, parentField: field)))
            }
        }
    }
}
