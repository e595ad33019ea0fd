// What a route's protocols demand of its other fields.

enum RouteSubschemas {
    static let classic = make(orExpression: [], forbidsAddresses: true)
    /// Expressions may stand in for every other field.
    static let expressions = make(orExpression: ["expression"], forbidsAddresses: false)

    /// The address of a client or of the gateway's own end of a connection.
    static let address = RecordSchema(
        [
            .field("ip", .string, .custom(.ipOrCIDR)),
            .port("port"),
        ],
        checks: [.atLeastOneOf(["ip", "port"])])

    private static func make(orExpression: [String], forbidsAddresses: Bool) -> [String: Subschema] {
        let web = Subschema(
            fields: forbidsAddresses ? addressFields(forbiddenWhen: "'http' or 'https'") : [],
            checks: [
                atLeastOneOf(
                    "https", ["methods", "hosts", "headers", "paths", "snis"] + orExpression, else: "http",
                    ["methods", "hosts", "headers", "paths"] + orExpression)
            ])
        let grpc = Subschema(
            fields: [stripPath, forbidden("methods", .set(of: .string), when: "'grpc' or 'grpcs'")]
                + (forbidsAddresses ? addressFields(forbiddenWhen: "'grpc' or 'grpcs'") : []),
            checks: [
                atLeastOneOf(
                    "grpcs", ["hosts", "headers", "paths", "snis"] + orExpression, else: "grpc",
                    ["hosts", "headers", "paths"] + orExpression)
            ])
        let stream = Subschema(
            fields: streamFields,
            checks: [
                .when(
                    "protocols", .attributes(elements: .element(.string, .oneOf(["tcp", "tls", "udp"]))),
                    thenAtLeastOneOf: ["sources", "destinations", "snis"] + orExpression,
                    error: "must set one of %s when 'protocols' is 'tcp', 'tls' or 'udp'"),
                .when(
                    "protocols", .attributes(elements: .element(.string, .oneOf(["tls_passthrough"]))),
                    thenAtLeastOneOf: ["snis"] + orExpression,
                    error: "must set snis when 'protocols' is 'tls_passthrough'"),
            ])
        return [
            "http": web, "https": web, "grpc": grpc, "grpcs": grpc, "tcp": stream, "tls": stream, "udp": stream,
            "tls_passthrough": stream,
        ]
    }

    private static let streamFields: [FieldSchema] = [
        forbidden("methods", .set(of: .string), when: streamProtocols),
        forbidden("hosts", .array(of: .string), when: streamProtocols),
        forbidden("paths", .array(of: .string), when: streamProtocols),
        forbidden(
            "headers", .map(keys: .element(.string), values: .element(.array(of: .string))), when: streamProtocols),
    ]

    private static let streamProtocols = "'tcp', 'tls', 'tls_passthrough' or 'udp'"

    private static let stripPath: FieldSchema = .field(
        "strip_path", .boolean, required: true, default: false,
        error: "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'", .notEqual(true))

    private static func addressFields(forbiddenWhen protocols: String) -> [FieldSchema] {
        ["sources", "destinations"].map { forbidden($0, .set(.element(.record(address))), when: protocols) }
    }

    private static func forbidden(_ name: String, _ type: FieldType, when protocols: String) -> FieldSchema {
        .field(name, type, flags: .mustBeNull, error: "cannot set '\(name)' when 'protocols' is \(protocols)")
    }

    /// The secure protocol may be matched by its server names too.
    private static func atLeastOneOf(
        _ secure: String, _ names: [String], else plain: String, _ plainNames: [String]
    ) -> EntityCheck {
        .conditionalAtLeastOneOf(
            .init(
                ifField: "protocols", ifMatch: .check(.contains(.string(secure))), thenAtLeastOneOf: names,
                thenError: "must set one of %s when 'protocols' is '\(secure)'",
                elseMatch: .check(.contains(.string(plain))), elseAtLeastOneOf: plainNames,
                elseError: "must set one of %s when 'protocols' is '\(plain)'"))
    }
}
