extension EntitySchema {
    /// Which requests go to which service.
    static let routes = routes(flavor: .traditionalCompatible)
    private static let traditionalRoutes = routes(flavor: .traditional)
    private static let expressionRoutes = routes(flavor: .expressions)

    private enum RouterFlavor { case traditionalCompatible, traditional, expressions }

    /// This schema as the router's flavor has it: routes differ.
    public func flavored(_ flavor: String) -> EntitySchema {
        switch (name, flavor) {
        case ("routes", "expressions"): Self.expressionRoutes
        case ("routes", "traditional"): Self.traditionalRoutes
        default: self
        }
    }

    private static func routes(flavor: RouterFlavor) -> EntitySchema {
        let subschemas = flavor == .expressions ? RouteSubschemas.expressions : RouteSubschemas.classic
        return EntitySchema(
            "routes", endpointKey: "name", subschemaKey: "protocols", subschemas: { name, _ in subschemas[name] },
            record: RecordSchema(
                classicFields(snis: flavor == .traditional ? .sni : .wildcardHost)
                    + (flavor == .expressions ? expressionFields : []),
                checks: [
                    .when(
                        "protocols",
                        .attributes(
                            elements: .element(.string, .notOneOf(["grpcs", "https", "tls", "tls_passthrough"]))),
                        then: "snis", .check(.lengthEqual(0)),
                        error: "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'"
                    )
                ] + (flavor == .expressions ? [.custom(.routeExpression)] : [])))
    }

    private static let expressionFields: [FieldSchema] = [
        .field("expression", .string),
        .field("priority", .integer, required: true, default: 0, .between(0, 70_368_744_177_663)),
    ]

    private static func classicFields(snis: FieldValidator) -> [FieldSchema] {
        [
            .id,
            .createdAt,
            .updatedAt,
            .utf8Name,
            .field(
                "protocols", .set(of: .string, .oneOf(Protocols.allValues)), required: true,
                default: ["http", "https"], .lengthMin(1),
                .mutuallyExclusiveSubsets([
                    ["http", "https"], ["tcp", "tls", "udp"], ["tls_passthrough"], ["grpc", "grpcs"],
                ])),
            .field(
                "https_redirect_status_code", .integer, required: true, default: 426,
                .oneOf([426, 301, 302, 307, 308])),
            .field("strip_path", .boolean, required: true, default: true),
            .field("preserve_host", .boolean, required: true, default: false),
            .field("request_buffering", .boolean, required: true, default: true),
            .field("response_buffering", .boolean, required: true, default: true),
            .tags,
            .field("service", .foreign("services")),
            .field("snis", .set(of: .string, .custom(snis))),
            .field("sources", .set(.element(.record(RouteSubschemas.address)))),
            .field("destinations", .set(.element(.record(RouteSubschemas.address)))),
            .field("methods", .set(of: .string, .match("^%u+$"))),
            .field(
                "hosts",
                .array(
                    of: .string,
                    .matchAll([
                        PatternRule("^[^*]*%*?[^*]*$", error: "invalid wildcard: must have at most one wildcard")
                    ]),
                    .matchAny(
                        ["^%*%.", "%.%*$", "^[^*]*$"],
                        error: "invalid wildcard: must be placed at leftmost or rightmost label"),
                    .custom(.hostWithWildcards))),
            .field(
                "paths",
                .array(
                    of: .string, .noEmptySegments,
                    .matchAny(["^/", "^~/"], error: "should start with: / (fixed path) or ~/ (regex path)"),
                    .custom(.routerPath))),
            .field(
                "headers",
                .map(
                    keys: .element(
                        .string,
                        .matchNone([
                            PatternRule(
                                "^[Hh][Oo][Ss][Tt]$",
                                error:
                                    "cannot contain 'host' header, which must be specified in the 'hosts' attribute"
                            )
                        ]), .custom(.headerName)), values: .element(.array(of: .string)))),
            .field("regex_priority", .integer, default: 0),
            .field("path_handling", .string, default: "v0", .oneOf(["v0", "v1"])),
        ]
    }
}

extension EntityValidator {
    /// Expressions exclude the classic fields, and must compile.
    fileprivate static let routeExpression = EntityValidator(
        "validate_route",
        fieldSources: [
            "id", "protocols", "snis", "sources", "destinations", "methods", "hosts", "paths", "headers", "expression",
            "regex_priority", "priority",
        ], runsWithMissingFields: true
    ) { route, context in
        let matches = ["methods", "hosts", "paths", "headers", "snis", "sources", "destinations"]
        let isClassic = matches.contains { route[$0].isNonempty }
        let list = Message.quoted(Array(matches.dropLast())) + " or '\(matches[matches.count - 1])'"
        func failure(_ text: String) -> EntityFailure {
            EntityFailure(message: "Router Expression failed validation: \(text)")
        }
        guard case .string(let expression)? = route["expression"], !expression.isEmpty else {
            let priority = route["priority"]?.intValue ?? 0
            return isClassic && priority != 0 ? failure("cannot set 'priority' with \(list) simultaneously") : nil
        }
        if isClassic { return failure("cannot set 'expression' with \(list) simultaneously") }
        if route["regex_priority"]?.intValue ?? 0 != 0 {
            return failure("cannot set 'regex_priority' with 'expression' simultaneously")
        }
        let protocols = route["protocols"]?.arrayValue?.compactMap(\.stringValue) ?? []
        return context.expressionError?(expression, protocols).map(failure)
    }
}
