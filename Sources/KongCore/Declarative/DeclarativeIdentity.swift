// Ids and references: the same file gives the same ids on every node, and names stand for ids.

/// Gives nodes their ids and finds nodes by id or name.
struct DeclarativeIdentity {
    private var byID: [String: [String: DeclarativeNode]] = [:]
    private var byKey: [String: [String: DeclarativeNode]] = [:]
    /// The name space of each entity's ids.
    private var namespaces: [String: String] = [:]

    /// - Parameter nodes: parents before their children.
    init(_ nodes: [DeclarativeNode], context: SchemaContext) {
        for node in nodes {
            identify(node, context)
            // The first of several of one id or name is the one.
            if let id = node.primaryKeyText { byID[node.name, default: [:]].keepFirst(node, under: id) }
            if let key = node.key { byKey[node.name, default: [:]].keepFirst(node, under: key) }
        }
    }

    /// The node that `reference`, an id or a name, stands for.
    func find(_ reference: String, in entity: String) -> DeclarativeNode? {
        byKey[entity]?[reference] ?? byID[entity]?[reference]
    }

    private mutating func identify(_ node: DeclarativeNode, _ context: SchemaContext) {
        guard node.schema.primaryKey == ["id"], node.fields["id"] == nil, node.schema.record.field("id")?.isUUID == true
        else { return }
        let parentListsIt = node.parent?.schema.record.field(node.name) != nil
        if !parentListsIt, let key = Self.generationKey(node) {
            node.fields["id"] = .string(UUIDv5.generate(namespace: namespace(node.name), name: key))
        } else {
            node.fields["id"] = .string(context.newUUID())
            node.hasRandomID = true
        }
    }

    private mutating func namespace(_ entity: String) -> String {
        if let known = namespaces[entity] { return known }
        let namespace = UUIDv5.generate(namespace: "fd02801f-0957-4a15-a55a-c8d9606f30b5", name: entity)
        namespaces[entity] = namespace
        return namespace
    }

    /// What identifies the entity; nil when nothing surely does.
    private static func generationKey(_ node: DeclarativeNode) -> String? {
        let schema = node.schema
        guard schema.cacheKey.isEmpty else { return cacheKey(node) }
        guard let name = schema.endpointKey, let key = node.fields[name]?.stringValue else { return nil }
        return key
    }

    private static func cacheKey(_ node: DeclarativeNode) -> String? {
        // The star stands for the workspace.
        var parts = [node.name, "*"]
        for name in node.schema.cacheKey {
            guard let field = node.schema.record.field(name), !field.isAuto else { return nil }
            switch node.fields[name] {
            case .string(let text)?: parts.append(text)
            case nil where name == node.parentField:
                guard let parent = node.parent, !parent.hasRandomID, let id = parent.fields["id"]?.stringValue else {
                    return nil
                }
                parts.append(id)
            case nil where field.required: return nil
            case nil: parts.append("")
            default: break
            }
        }
        return parts.joined(separator: ":")
    }
}

extension [String: DeclarativeNode] {
    fileprivate mutating func keepFirst(_ node: DeclarativeNode, under key: String) {
        if self[key] == nil { self[key] = node }
    }
}
