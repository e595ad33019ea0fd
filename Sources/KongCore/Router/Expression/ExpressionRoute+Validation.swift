extension ExpressionRoute {
    /// A route as the Admin API has it.
    public init(_ route: JSONObject) {
        func strings(_ name: String) -> [[UInt8]] {
            route[name]?.arrayValue?.compactMap { $0.stringValue.map { Array($0.utf8) } } ?? []
        }
        func endpoints(_ name: String) -> [Endpoint] {
            route[name]?.arrayValue?.compactMap(\.objectValue).map {
                Endpoint(ip: $0["ip"]?.stringValue, port: $0["port"]?.intValue.map { Int64($0) })
            } ?? []
        }
        var definition = RouteDefinition(id: UUIDBytes(high: 0, low: 0))
        definition.methods = strings("methods")
        definition.hosts = strings("hosts")
        definition.paths = strings("paths")
        definition.snis = strings("snis")
        definition.headers = (route["headers"]?.objectValue ?? [:]).map { name, values in
            RouteDefinition.Header(
                name: Array(name.utf8),
                values: values.arrayValue?.compactMap { $0.stringValue.map { Array($0.utf8) } } ?? [])
        }
        self.init(definition: definition)
        protocols = route["protocols"]?.arrayValue?.compactMap(\.stringValue) ?? []
        expression = route["expression"]?.stringValue
        sources = endpoints("sources")
        destinations = endpoints("destinations")
    }

    /// What is wrong with the route's expression, its own or the one it amounts to, in Kong's words.
    public var problem: String? {
        do throws(RouteExpressionError) {
            let expression = try RouteExpression(parsing: text)
            try expression.check(schema)
            let isWellFormed = expression.predicates.allSatisfy { predicate in
                guard predicate.field.hasPrefix(PathSegments.prefix) else { return true }
                let suffix = predicate.field.dropFirst(PathSegments.prefix.count)
                return suffix == "len" || PathSegments(suffix) != nil
            }
            return isWellFormed ? nil : "illformed http.path.segments.* field"
        } catch {
            return error.cut
        }
    }
}
