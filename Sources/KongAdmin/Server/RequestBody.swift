import KongCore

/// What the body of a POST, PUT or PATCH said.
public enum BodyArguments: Sendable {
    /// Typed by its own syntax.
    case json(JSONObject)
    /// Strings, to be typed by the entity's schema.
    case form(JSONObject)

    public var object: JSONObject {
        switch self {
        case .json(let object), .form(let object): object
        }
    }
}

extension AdminRequest {
    static let methodsWithBody: Set<String> = ["POST", "PUT", "PATCH"]

    /// The checks that Kong makes before it looks at method or handler (admin-api 2, rules 1 and 2).
    func refuseMediaType(acceptsYAML: Bool) -> AdminReply? {
        guard Self.methodsWithBody.contains(method) else { return nil }
        if hasSeveralContentTypes { return .text(400, "Multiple Content-Type headers not allowed") }
        guard let contentType else { return body.isEmpty ? nil : .nginxPage(415) }
        var accepted = ["application/json", "multipart/form-data", "application/x-www-form-urlencoded"]
        if acceptsYAML { accepted += ["application/yaml", "text/yaml"] }
        return accepted.contains { contentType.hasPrefix($0) } ? nil : .nginxPage(415)
    }

    /// Rules 3 and 4.
    func arguments() throws(AdminReply) -> BodyArguments {
        guard Self.methodsWithBody.contains(method), let contentType else { return .json([:]) }
        if contentType.hasPrefix("application/json") { return .json(try jsonObject()) }
        if contentType.hasPrefix("multipart/form-data") {
            guard !body.isEmpty else { return .form([:]) }
            guard let parts = MultipartBody.arguments(body, contentType: contentType) else {
                throw .message(400, "Cannot parse multipart body")
            }
            guard parts.count <= Arguments.limit else { throw .message(400, "Too many arguments") }
            return .form(FormNode.object(parts))
        }
        if contentType.hasPrefix("application/x-www-form-urlencoded") {
            let arguments = Arguments(urlEncoded: body)
            guard arguments.pairs.count <= Arguments.limit else { throw .message(400, "Too many arguments") }
            return .form(arguments.nested())
        }
        return .json([:])
    }

    private func jsonObject() throws(AdminReply) -> JSONObject {
        let parsed: JSONValue
        do { parsed = try JSONValue(parsing: body) } catch { throw .message(400, "Cannot parse JSON body") }
        if let object = parsed.objectValue { return object }
        // An empty JSON array is an empty Lua table, and that is "no fields".
        if let array = parsed.arrayValue, array.isEmpty { return [:] }
        throw .message(400, "Cannot parse JSON body")
    }
}

extension FormNode {
    static func object(_ parts: [(name: String, value: JSONValue)]) -> JSONObject {
        var root = FormNode()
        for part in parts { root.insert(part.value, at: path(of: part.name)[...]) }
        return root.value.objectValue ?? [:]
    }
}
