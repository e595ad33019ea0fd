import KongCore

/// The OpenAPI 3.1 description of the Admin API, made from the same declarations as the API itself.
public struct OpenAPIDocument: Sendable {
    private let routes: RouteTable
    private let entities: [EntitySchema]

    public init(routes: RouteTable, entities: [EntitySchema]) {
        self.routes = routes
        self.entities = entities
    }

    public var json: JSONValue {
        var paths: [String: JSONObject] = [:]
        for operation in routes.operations {
            let path = Self.pathParameters(operation.template)
            var item = paths[operation.template] ?? (path.isEmpty ? [:] : ["parameters": .array(path)])
            item[operation.method.lowercased()] = .object(Self.operation(operation))
            paths[operation.template] = item
        }
        var schemas: JSONObject = ["error": Self.errorSchema, "message": Self.messageSchema]
        for entity in entities where entity.generateAdminAPI {
            schemas[entity.name] = .object(entity.openAPI(for: .output))
            schemas["\(entity.name)_input"] = .object(entity.openAPI(for: .input))
            schemas["\(entity.name)_update"] = .object(entity.openAPI(for: .update))
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Kong Admin API", "version": .string(KongVersion.string),
                "description": "Generated from the entity declarations: do not edit.",
            ],
            "servers": [["url": "http://127.0.0.1:8001"]],
            "paths": .object(paths.mapValues(JSONValue.object)),
            "components": ["schemas": .object(schemas)],
        ]
    }

    private static func pathParameters(_ template: String) -> [JSONValue] {
        template.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
            [
                "name": .string(String(segment.dropFirst().dropLast())), "in": "path", "required": true,
                "schema": ["type": "string"],
            ]
        }
    }

    private static func operation(
        _ operation: (template: String, method: String, documentation: RouteDocumentation?)
    ) -> JSONObject {
        var responses = refusals(operation.method)
        var out: JSONObject = [
            "operationId": .string(identifier(operation.method, operation.template)), "summary": "",
        ]
        func success(_ status: Int, _ schema: JSONValue?, type: String = "application/json") {
            guard let schema else {
                responses[String(status)] = ["description": "Done."]
                return
            }
            responses[String(status)] = ["description": "Success.", "content": [type: ["schema": schema]]]
        }
        func body(_ schema: JSONValue, required: Bool) {
            let media: JSONValue = ["schema": schema]
            out["requestBody"] = [
                "required": .bool(required),
                "content": [
                    "application/json": media, "application/x-www-form-urlencoded": ["schema": ["type": "object"]],
                    "multipart/form-data": ["schema": ["type": "object"]],
                ],
            ]
        }
        func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }
        if let entity = operation.documentation?.entity { out["tags"] = [.string(entity.adminName)] }
        switch operation.documentation {
        case .list(let entity):
            out["summary"] = .string("Lists \(entity.name).")
            out["parameters"] = .array(listParameters(entity))
            success(200, page(of: reference(entity.name)))
        case .create(let entity):
            out["summary"] = .string("Creates one of \(entity.name).")
            body(reference("\(entity.name)_input"), required: true)
            success(201, reference(entity.name))
        case .read(let entity):
            out["summary"] = .string("One of \(entity.name).")
            success(200, reference(entity.name))
        case .replace(let entity):
            out["summary"] = .string("Creates or replaces one of \(entity.name).")
            body(reference("\(entity.name)_input"), required: true)
            success(200, reference(entity.name))
        case .update(let entity):
            out["summary"] = .string("Changes fields of one of \(entity.name).")
            body(reference("\(entity.name)_update"), required: false)
            success(200, reference(entity.name))
        case .delete(let entity):
            out["summary"] = .string("Deletes one of \(entity.name).")
            success(204, nil)
        case .other(let summary, let query, let status, let takesBody, let type):
            out["summary"] = .string(summary)
            if !query.isEmpty {
                out["parameters"] = .array(
                    query.map { ["name": .string($0), "in": "query", "schema": ["type": "string"]] })
            }
            if takesBody { body(["type": "object"], required: false) }
            let text = type == "application/json"
            success(status, status == 204 ? nil : text ? [:] : ["type": "string"], type: type)
        case nil:
            success(200, [:])
        }
        out["responses"] = .object(responses)
        return out
    }

    /// `get_services_services_routes`: unique, since a template and a method name one operation.
    private static func identifier(_ method: String, _ template: String) -> String {
        let words = template.split(whereSeparator: { "/{}-".contains($0) })
        return ([method.lowercased()] + words.map(String.init)).joined(separator: "_")
            + (template.contains("{") ? "" : words.isEmpty ? "_root" : "_all")
    }

    private static func listParameters(_ entity: EntitySchema) -> [JSONValue] {
        var out: [JSONValue] = [
            [
                "name": "size", "in": "query",
                "schema": ["type": "integer", "minimum": 1, "maximum": 1000, "default": 100],
            ],
            ["name": "offset", "in": "query", "schema": ["type": "string"]],
        ]
        if entity.isTaggable { out.append(["name": "tags", "in": "query", "schema": ["type": "string"]]) }
        return out
    }

    private static func page(of item: JSONValue) -> JSONValue {
        [
            "type": "object", "required": ["data", "next"],
            "properties": [
                "data": ["type": "array", "items": item], "next": ["type": ["string", "null"]],
                "offset": ["type": "string"],
            ],
        ]
    }

    private static let errorSchema: JSONValue = [
        "type": "object", "required": ["message"],
        "properties": [
            "message": ["type": "string"], "name": ["type": "string"], "code": ["type": "integer"],
            "fields": ["type": "object"], "options": ["type": "object"],
        ],
    ]
    private static let messageSchema: JSONValue = [
        "type": "object", "required": ["message"], "properties": ["message": ["type": "string"]],
    ]

    private static func refusals(_ method: String) -> JSONObject {
        let error: JSONValue = ["application/json": ["schema": ["$ref": "#/components/schemas/error"]]]
        let page: JSONValue = ["text/html": ["schema": ["type": "string"]]]
        var out: JSONObject = [
            "400": [
                "description": "What was sent is not acceptable.",
                "content": [
                    "application/json": ["schema": ["$ref": "#/components/schemas/error"]],
                    "text/plain": ["schema": ["type": "string"]],
                ],
            ],
            "404": [
                "description": "Not there.",
                "content": [
                    "application/json": ["schema": ["$ref": "#/components/schemas/error"]],
                    "text/html": ["schema": ["type": "string"]],
                ],
            ],
            "405": ["description": "Not possible on this node.", "content": error],
            "503": ["description": "A write cannot be kept now.", "content": error],
        ]
        if AdminRequest.methodsWithBody.contains(method) {
            out["409"] = ["description": "A unique value is taken.", "content": error]
            out["413"] = ["description": "The body is too large.", "content": error]
            out["415"] = ["description": "The body is of no accepted type.", "content": page]
        }
        return out
    }
}
