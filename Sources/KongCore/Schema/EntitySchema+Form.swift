// Forms carry text only; the schema knows what types were meant.

extension EntitySchema {
    /// A form's strings as the types this schema asks for. What cannot be converted is left for validation to refuse.
    /// - Parameter stored: the record that the form changes, when it does not itself choose the subschema.
    public func infer(form: JSONObject, _ context: SchemaContext, stored: JSONObject? = nil) -> JSONObject {
        var keyed = form
        if let key = subschemaKey, keyed[key] == nil { keyed[key] = stored?[key] }
        return EffectiveSchema(self, for: keyed, context).infer(form)
    }
}

extension EffectiveSchema {
    fileprivate func infer(_ members: JSONObject) -> JSONObject {
        var inferred = members
        for (name, value) in members {
            let shorthand = record.shorthandFields.first { $0.field.name == name }?.field
            if let field = field(name) ?? shorthand { inferred[name] = Self.infer(value, field) }
        }
        return inferred
    }

    private static func infer(_ value: JSONValue, _ field: FieldSchema) -> JSONValue {
        if value == .string("") { return .null }
        switch (field.type, value) {
        case (.integer, .string(let text)), (.number, .string(let text)):
            return number(text) ?? value
        case (.boolean, .string("true")): return .bool(true)
        case (.boolean, .string("false")): return .bool(false)
        case (.array(let element), _), (.set(let element), _):
            return infer(elements: value, element)
        case (.map(_, let values), .object(let members)):
            return .object(members.mapValues { infer($0, values) })
        case (.record(let record), .object(let members)):
            return .object(EffectiveSchema(record).infer(members))
        case (.foreign(let entity), .object(let members)):
            guard let schema = Entities.named(entity) else { return value }
            return .object(EffectiveSchema(schema.record).infer(members))
        default:
            return value
        }
    }

    /// A single value stands for an array of one; members named by numbers are the elements in that order.
    private static func infer(elements value: JSONValue, _ element: FieldSchema) -> JSONValue {
        switch value {
        case .null: return value
        case .array(let elements): return .array(elements.map { infer($0, element) })
        case .object(let members):
            let indexed = members.compactMap { key, member in Int(key).map { (index: $0, member) } }
            guard indexed.count == members.count else {
                return element.type.record == nil ? value : .array([infer(value, element)])
            }
            return .array(indexed.sorted { $0.index < $1.index }.map { infer($0.1, element) })
        default: return .array([infer(value, element)])
        }
    }

    /// What Lua's `tonumber` accepts in decimal or hexadecimal.
    private static func number(_ text: String) -> JSONValue? {
        let trimmed = text.trimmingWhitespace()
        if let integer = Int64(trimmed) { return .integer(integer) }
        if trimmed.hasPrefix("0x") || trimmed.hasPrefix("0X") {
            return Int64(trimmed.dropFirst(2), radix: 16).map(JSONValue.integer)
        }
        guard trimmed.utf8.allSatisfy({ $0.isASCIIDigit || "+-.eE".utf8.contains($0) }),
            let number = Double(trimmed), number.isFinite
        else { return nil }
        return .number(number)
    }
}

extension String {
    /// The text without ASCII white space at its ends.
    func trimmingWhitespace() -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        let bytes = utf8.drop(while: isSpace)
        guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(self[bytes.startIndex...last])
    }
}
