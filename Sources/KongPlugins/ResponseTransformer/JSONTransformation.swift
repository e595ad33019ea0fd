import KongCore

/// What happens to the members of a JSON object.
struct JSONTransformation: Sendable {
    private let removed: [String]
    private let renamed: [(old: String, new: String)]
    private let replaced: [(name: String, value: JSONValue)]
    private let added: [(name: String, value: JSONValue)]
    private let appended: [(name: String, value: JSONValue)]

    init(_ config: JSONObject) {
        func values(_ group: String) -> [(name: String, value: JSONValue)] {
            let types = config[group]?["json_types"]?.arrayValue?.map(\.stringValue) ?? []
            return TransformerEntry.all(config[group]?["json"]).enumerated().compactMap { index, entry in
                guard let text = entry.value else { return nil }
                let type = index < types.count ? types[index] : nil
                return Self.value(text, type).map { (entry.name, $0) }
            }
        }
        removed = TransformerEntry.all(config["remove"]?["json"]).map(\.name)
        renamed = TransformerEntry.all(config["rename"]?["json"]).compactMap { entry in
            entry.value.map { (entry.name, $0) }
        }
        replaced = values("replace")
        added = values("add")
        appended = values("append")
    }

    var isEmpty: Bool {
        removed.isEmpty && renamed.isEmpty && replaced.isEmpty && added.isEmpty && appended.isEmpty
    }

    private static func value(_ text: String, _ type: String?) -> JSONValue? {
        switch type {
        case "number": Int64(text).map { .integer($0) } ?? Double(text).map { .number($0) }
        case "boolean": .bool(text == "true")
        default: .string(escaped(text))
        }
    }

    /// As Kong has it: escaped once as JSON, but for quotation marks.
    private static func escaped(_ text: String) -> String {
        let quoted = String(decoding: JSONValue.string(text).serialized(), as: UTF8.self)
        return String(quoted.dropFirst().dropLast()).replacing("\\\"", with: "\"").replacing("\\/", with: "/")
    }

    /// Nil when the text is no JSON object.
    func apply(to body: [UInt8]) -> [UInt8]? {
        guard case .object(var object)? = try? JSONValue(parsing: body) else { return nil }
        for name in removed { object[name] = nil }
        for (old, new) in renamed {
            if let value = object.removeValue(forKey: old) { object[new] = value }
        }
        for (name, value) in replaced where Self.isTruthy(object[name]) { object[name] = value }
        for (name, value) in added where !Self.isTruthy(object[name]) { object[name] = value }
        for (name, value) in appended {
            switch object[name] {
            case .array(let values)?: object[name] = .array(values + [value])
            case .string(let text)?: object[name] = .array([.string(text), value])
            default: object[name] = .array([value])
            }
        }
        return JSONValue.object(object).serialized()
    }

    /// Lua's idea of it: everything but false and what is not there.
    private static func isTruthy(_ value: JSONValue?) -> Bool { value != nil && value != false }
}
