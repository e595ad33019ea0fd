extension EntitySchema {
    /// Which requests go to which service.
    static let routes = routes(flavor: .traditionalCompatible)
    private static let traditionalRoutes = routes(flavor: .traditional)
    private static let expressionRoutes = routes(flavor: .expressions)

    /// This schema with the fields of every flavour: what a store keeps, whatever the flavour is now.
    public var stored: EntitySchema { flavored("expressions") }

    /// Fields that are stored but belong to another flavour of the router.
    func hiddenFields(_ context: SchemaContext) -> [String] {
        name == "routes" && context.routerFlavor != "expressions" ? Self.expressionFields.map(\.name) : []
    }

    private enum RouterFlavor { case traditionalCompatible, traditional, expressions }

    /// This schema as the router's flavor has it: routes differ.
    public func flavored(_ flavor: String) -> EntitySchema {
        switch (name, flavor) {
        case ("routes", "expressions"): Self.expressionRoutes
        case ("routes", "traditional"): Self.traditionalRoutes
        case ("routes", _): Self.routes
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
                ] + (flavor == .traditional ? [] : [.custom(.routeExpression)])))
    }

    private static let expressionFields: [FieldSchema] = [
        .field("expression", .string, doc: "The condition of the router expression language."),
        .field(
            "priority", .integer, required: true, default: 0, .between(0, 70_368_744_177_663),
            doc: "Order among routes with expressions; higher first."),
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
                ]), doc: "The protocols it matches."),
            .field(
                "https_redirect_status_code", .integer, required: true, default: 426,
                .oneOf([426, 301, 302, 307, 308]), doc: "Answer to a plain request when only https is matched."),
            .field(
                "strip_path", .boolean, required: true, default: true, doc: "Whether the matched prefix is cut off."),
            .field(
                "preserve_host", .boolean, required: true, default: false,
                doc: "Whether the Host header of the client is kept."),
            .field(
                "request_buffering", .boolean, required: true, default: true,
                doc: "Whether a request body is read before it is sent on."),
            .field(
                "response_buffering", .boolean, required: true, default: true,
                doc: "Whether a response body is read before it is sent on."),
            .tags,
            .field("service", .foreign("services"), doc: "Where matching requests go."),
            .field("snis", .set(of: .string, .custom(snis)), doc: "Server names of the TLS handshake it matches."),
            .field("sources", .set(.element(.record(RouteSubschemas.address))), doc: "Client addresses it matches."),
            .field(
                "destinations", .set(.element(.record(RouteSubschemas.address))),
                doc: "Addresses of the gateway it matches."),
            .field("methods", .set(of: .string, .match("^%u+$")), doc: "Methods it matches."),
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
                    .custom(.hostWithWildcards)), doc: "Hosts it matches; a wildcard may be first or last."),
            .field(
                "paths",
                .array(
                    of: .string, .noEmptySegments,
                    .matchAny(["^/", "^~/"], error: "should start with: / (fixed path) or ~/ (regex path)"),
                    .custom(.routerPath)), doc: "Prefixes it matches, or after ~ a regular expression."),
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
                        ]), .custom(.headerName)), values: .element(.array(of: .string))),
                doc: "Headers it matches, with their values."),
            .field("regex_priority", .integer, default: 0, doc: "Order among routes with expressions; higher first."),
            .field(
                "path_handling", .string, default: "v0", .oneOf(["v0", "v1"]),
                doc: "How service path and request path are joined."),
        ]
    }
}
