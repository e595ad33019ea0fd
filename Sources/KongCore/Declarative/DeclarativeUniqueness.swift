// What must hold between the entities of a file: no two alike, no reference into the void.

/// Errors by entity: by position in a list, or by name where they are found later.
struct DeclarativeConflicts {
    private var positioned: [String: [Int: JSONValue]] = [:]
    private var named: [String: [String: JSONValue]] = [:]

    init(_ tree: DeclarativeTree, _ identity: DeclarativeIdentity) {
        var seenIDs: [String: Set<String>] = [:]
        var seenKeys: [String: Set<String>] = [:]
        // Children before their parents, as Kong visits them.
        for node in tree.nodes.reversedByList() {
            let entity = node.name
            if let key = node.key, !seenKeys[entity, default: []].insert(key).inserted {
                positioned[entity, default: [:]][node.position] = Self.violation(
                    node, node.schema.endpointKey ?? "id", key)
            } else if let id = node.primaryKeyText, !seenIDs[entity, default: []].insert(id).inserted {
                addDuplicate(node, Self.violation(node, "primary key", id))
            }
            checkReferences(node, identity)
        }
        if isEmpty { checkUniqueFields(tree) }
    }

    var isEmpty: Bool { positioned.isEmpty && named.isEmpty }

    /// The errors as the answer's `fields`.
    var fields: JSONObject {
        var fields = JSONObject()
        for entity in Set(positioned.keys).union(named.keys) {
            let byPosition = positioned[entity] ?? [:]
            if let byName = named[entity] {
                var members = byName
                for (position, error) in byPosition { members[String(position + 1)] = error }
                fields[entity] = .object(members)
            } else if let last = byPosition.keys.max() {
                fields[entity] = .array((0...last).map { byPosition[$0] ?? .null })
            }
        }
        return fields
    }

    /// The errors of a file with what else can be told already: entities that are there twice. References are
    /// looked at once everything that they could lead to is right.
    func addingDuplicates(to errors: JSONObject) -> JSONObject {
        var errors = errors
        for (entity, byPosition) in positioned {
            guard var list = (errors[entity] ?? .array([])).arrayValue, let last = byPosition.keys.max() else {
                continue
            }
            list.append(contentsOf: repeatElement(.null, count: max(0, last + 1 - list.count)))
            for (position, error) in byPosition where list[position].isNull { list[position] = error }
            errors[entity] = .array(list)
        }
        return errors
    }

    private static func violation(_ node: DeclarativeNode, _ field: String, _ value: String) -> JSONValue {
        .string("uniqueness violation: '\(node.name)' entity with \(field) set to '\(value)' already declared")
    }

    /// A duplicate inside a parent is reported there.
    private mutating func addDuplicate(_ node: DeclarativeNode, _ error: JSONValue) {
        guard let parent = node.parent else {
            positioned[node.name, default: [:]][node.position] = error
            return
        }
        var members = positioned[parent.name]?[parent.position]?.objectValue ?? [:]
        var list = members[node.name]?.arrayValue ?? []
        list.append(contentsOf: repeatElement(.null, count: max(0, node.position + 1 - list.count)))
        list[node.position] = error
        members[node.name] = .array(list)
        positioned[parent.name, default: [:]][parent.position] = .object(members)
    }

    private mutating func checkReferences(_ node: DeclarativeNode, _ identity: DeclarativeIdentity) {
        for (field, entity) in node.schema.foreignFields where field.name != node.parentField {
            guard let value = node.fields[field.name], !value.isNull else { continue }
            let reference = value.stringValue ?? value["id"]?.stringValue
            if let reference, identity.find(reference, in: entity) != nil { continue }
            let shown = value.stringValue ?? value.jsonText
            let error = "invalid reference '\(field.name): \(shown)' (no such entry in '\(entity)')"
            let place = node.key ?? node.primaryKeyText ?? String(node.position + 1)
            let earlier = named[node.name]?[place]?.arrayValue ?? []
            named[node.name, default: [:]][place] = .array(earlier + [.string(error)])
        }
    }

    private mutating func checkUniqueFields(_ tree: DeclarativeTree) {
        var seen: [String: Set<String>] = [:]
        for node in tree.nodes {
            for field in node.schema.uniqueFields {
                guard let value = node.record[field.name], !value.isNull else { continue }
                let text = (value["id"] ?? value).luaBareText
                if seen[node.name + "." + field.name, default: []].insert(text).inserted { continue }
                let place = node.schema.endpointKey.flatMap { node.record[$0]?.stringValue } ?? node.primaryKeyText
                named[node.name, default: [:]][place ?? String(node.position + 1)] =
                    Self.violation(node, field.name, text)
            }
        }
    }
}

extension [DeclarativeNode] {
    /// Children before their parents, siblings in their order.
    fileprivate func reversedByList() -> [DeclarativeNode] {
        var ordered: [DeclarativeNode] = []
        func visit(_ node: DeclarativeNode) {
            for (_, children) in node.children { children.forEach(visit) }
            ordered.append(node)
        }
        for node in self where node.parent == nil { visit(node) }
        return ordered
    }
}
