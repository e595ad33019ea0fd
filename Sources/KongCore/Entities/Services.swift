extension EntitySchema {
    /// An upstream API that requests are proxied to.
    static let services = EntitySchema(
        "services", endpointKey: "name",
        record: RecordSchema(
            [
                .id,
                .createdAt,
                .updatedAt,
                .utf8Name,
                .field(
                    "retries", .integer, default: 5, .between(0, 32767),
                    doc: "How often a failed request is tried again."),
                .field(
                    "protocol", .string, required: true, default: "http", .oneOf(Protocols.allValues),
                    doc: "How the service is spoken to."),
                .field("host", .string, required: true, .custom(.host), doc: "Its host, or the name of an upstream."),
                .port("port", required: true, default: 80, doc: "Its port."),
                .path("path", doc: "The path that requests are prefixed with."),
                .field(
                    "connect_timeout", .integer, default: 60000, .between(1, 2_147_483_646),
                    doc: "Milliseconds to connect in."),
                .field(
                    "write_timeout", .integer, default: 60000, .between(1, 2_147_483_646),
                    doc: "Milliseconds between two writes."),
                .field(
                    "read_timeout", .integer, default: 60000, .between(1, 2_147_483_646),
                    doc: "Milliseconds between two reads."),
                .tags,
                .field("client_certificate", .foreign("certificates"), doc: "What the gateway identifies itself with."),
                .field("tls_verify", .boolean, doc: "Whether the certificate of the service is verified."),
                .field(
                    "tls_verify_depth", .integer, default: .null, .between(0, 64),
                    doc: "Longest chain of certificates that is followed."),
                .field("ca_certificates", .array(of: .string, .uuid), doc: "Ids of the authorities that are trusted."),
                .field("enabled", .boolean, required: true, default: true, doc: "Whether requests are routed to it."),
            ],
            shorthands: [
                .url
            ],
            checks: [
                .when("protocol", .oneOf(["tcp", "tls", "udp", "grpc", "grpcs"]), then: "path", .null),
                .when("protocol", .notOneOf(["https", "tls"]), then: "client_certificate", .null),
                .when("protocol", .notOneOf(["https", "tls"]), then: "tls_verify", .null),
                .when("protocol", .notOneOf(["https", "tls"]), then: "tls_verify_depth", .null),
                .when("protocol", .notOneOf(["https", "tls"]), then: "ca_certificates", .null),
            ]
        ))
}

extension ShorthandField {
    /// `url` sets protocol, host, port and path at once.
    fileprivate static let url = ShorthandField(FieldSchema(name: "url", type: .string)) { value in
        guard let url = value.stringValue.flatMap(URLParts.init) else { return nil }
        let number = url.port.flatMap { Int64($0) }
        let scheme = url.scheme ?? (number == 443 ? "https" : "http")
        let port: JSONValue
        switch (number, url.port, scheme) {
        case (let number?, _, _): port = .integer(number)
        case (nil, let text?, _) where !text.isEmpty: port = .string(text)
        case (_, _, "https"): port = 443
        default: port = 80
        }
        return [
            "protocol": .string(scheme), "host": url.host.map(JSONValue.string) ?? .null, "port": port,
            "path": url.path.map(JSONValue.string) ?? .null,
        ]
    }
}
