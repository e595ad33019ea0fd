import KongCore

// `/config` (admin-api 12).

extension AdminAPI {
    func addConfigRoutes(to table: inout RouteTable) {
        let show = RouteDocumentation.other("The declarative configuration in force.")
        let load = RouteDocumentation.other(
            "Replaces the declarative configuration.", query: ["check_hash", "flatten_errors"], status: 201, body: true)
        if configuration.isDeclarative {
            table.on("GET", "/config", show) { _ in .json(200, ["config": .string(try await loader.export())]) }
            table.on("POST", "/config", load) { try await self.load($0) }
        } else {
            table.on("GET", "/config", show) { _ in Self.declarativeOnly }
            table.on("POST", "/config", load) { _ in Self.declarativeOnly }
        }
        table.acceptYAML("/config")
    }

    private func load(_ request: AdminRequest) async throws -> AdminReply {
        let (source, arguments) = try Self.source(of: request)
        guard let source else { return .message(400, "expected a declarative configuration") }
        func isSet(_ name: String) -> Bool {
            let text = request.query[name] ?? arguments[name]?.luaBareText ?? ""
            return ["1", "true", "on", "yes"].contains(text.lowercased())
        }
        defer { census.changed("plugins") }
        do {
            let loaded = try await loader.load(
                source, flattenErrors: isSet("flatten_errors"), onlyIfChanged: isSet("check_hash"))
            return .json(201, .object(loaded.mapValues(JSONValue.object)))
        } catch let refusal as DeclarativeLoader.Refusal {
            switch refusal {
            case .unchanged: return AdminReply(status: 304, contentType: nil, body: [])
            case .busy:
                var reply = AdminReply.message(429, "Currently loading previous configuration")
                reply.headers = [("Retry-After", "1")]
                return reply
            }
        }
    }

    /// A JSON body with a format version is the configuration; else it is in `config`, or the body is its text.
    private static func source(
        of request: AdminRequest
    ) throws -> (source: DeclarativeLoader.Source?, arguments: JSONObject) {
        let isYAML = request.contentType.map { $0.hasPrefix("application/yaml") || $0.hasPrefix("text/yaml") } ?? false
        var arguments = isYAML ? [:] : try request.arguments().object
        if arguments["_format_version"] != nil {
            let options = arguments
            arguments["check_hash"] = nil
            arguments["flatten_errors"] = nil
            return (.value(arguments), options)
        }
        if let text = arguments["config"]?.stringValue { return (.text(text), arguments) }
        guard !request.body.isEmpty else { return (nil, arguments) }
        guard let text = String(validating: request.body, as: UTF8.self) else {
            throw DataError.declarative([
                "error": "failed parsing declarative configuration: not valid UTF-8"
            ])
        }
        return (.text(text), arguments)
    }
}
