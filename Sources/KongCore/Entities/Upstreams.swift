extension EntitySchema {
    /// A virtual host name whose requests are spread over targets.
    static let upstreams = EntitySchema(
        "upstreams", endpointKey: "name",
        record: RecordSchema(
            [
                .id,
                .createdAt,
                .field(
                    "name", .string, required: true, unique: true, .custom(.upstreamName),
                    doc: "The host name that services use."),
                .updatedAt,
                .field(
                    "algorithm", .string, default: "round-robin",
                    .oneOf(["consistent-hashing", "least-connections", "round-robin", "latency"]),
                    doc: "How a target is chosen."),
                .field("hash_on", .string, default: "none", hashInput, doc: "What is hashed to choose a target."),
                .field(
                    "hash_fallback", .string, default: "none", hashInput,
                    doc: "What is hashed when the first input is missing."),
                .field("hash_on_header", .string, .custom(.headerName), doc: "The header that is hashed."),
                .field(
                    "hash_fallback_header", .string, .custom(.headerName),
                    doc: "The header that is hashed in the fallback."),
                .field(
                    "hash_on_cookie", .string, .custom(.cookieName),
                    doc: "The cookie that is hashed, and set when missing."),
                .path("hash_on_cookie_path", default: "/"),
                .field("hash_on_query_arg", .string, .lengthMin(1), doc: "The query argument that is hashed."),
                .field(
                    "hash_fallback_query_arg", .string, .lengthMin(1),
                    doc: "The query argument that is hashed in the fallback."),
                .field("hash_on_uri_capture", .string, .lengthMin(1), doc: "The capture of the path that is hashed."),
                .field(
                    "hash_fallback_uri_capture", .string, .lengthMin(1),
                    doc: "The capture that is hashed in the fallback."),
                .field("slots", .integer, default: 10000, .between(10, 65536), doc: "Slots of the hash ring."),
                .field(
                    "healthchecks", .record(healthchecks), required: true,
                    default: ["active": active.defaults, "passive": passive.defaults],
                    doc: "When targets are in and out of service."),
                .tags,
                .field(
                    "host_header", .string, .custom(.hostWithOptionalPort), doc: "The Host header that targets get."),
                .field(
                    "client_certificate", .foreign("certificates"),
                    doc: "What the gateway identifies itself with to targets."),
                .field("use_srv_name", .boolean, default: false, doc: "Whether the SRV name becomes the host."),
            ],
            shorthands: [
                .algorithm,
                .hashOn,
            ],
            checks: [
                .when("hash_on", .check(.match("^header$")), then: "hash_on_header", .required),
                .when("hash_fallback", .check(.match("^header$")), then: "hash_fallback_header", .required),
                .when("hash_on", .check(.match("^cookie$")), then: "hash_on_cookie", .required),
                .when("hash_fallback", .check(.match("^cookie$")), then: "hash_on_cookie", .required),
                .when("hash_on", .check(.match("^none$")), then: "hash_fallback", .oneOf(["none"])),
                .when("hash_on", .check(.match("^cookie$")), then: "hash_fallback", .oneOf(["none"])),
                .when(
                    "hash_on", .check(.match("^consumer$")), then: "hash_fallback",
                    .oneOf(["none", "ip", "header", "cookie", "path", "query_arg", "uri_capture"])),
                .when(
                    "hash_on", .check(.match("^ip$")), then: "hash_fallback",
                    .oneOf(["none", "consumer", "header", "cookie", "path", "query_arg", "uri_capture"])),
                .when(
                    "hash_on", .check(.match("^path$")), then: "hash_fallback",
                    .oneOf(["none", "consumer", "header", "cookie", "query_arg", "ip", "uri_capture"])),
                .distinct(["hash_on_header", "hash_fallback_header"]),
                .when("hash_on", .check(.match("^query_arg$")), then: "hash_on_query_arg", .required),
                .when("hash_fallback", .check(.match("^query_arg$")), then: "hash_fallback_query_arg", .required),
                .distinct(["hash_on_query_arg", "hash_fallback_query_arg"]),
                .when("hash_on", .check(.match("^uri_capture$")), then: "hash_on_uri_capture", .required),
                .when("hash_fallback", .check(.match("^uri_capture$")), then: "hash_fallback_uri_capture", .required),
                .distinct(["hash_on_uri_capture", "hash_fallback_uri_capture"]),
            ]
        ))
}

private let hashInput: FieldCheck =
    .oneOf(["none", "consumer", "ip", "header", "cookie", "path", "query_arg", "uri_capture"])

private let healthchecks = RecordSchema([
    .field("active", .record(active), required: true, default: active.defaults),
    .field("passive", .record(passive), required: true, default: passive.defaults),
    .field("threshold", .number, default: 0, .between(0, 100)),
])

private let active = RecordSchema([
    .field("type", .string, default: "http", checkType),
    .field("timeout", .number, default: 1, .between(0, 65535)),
    .field("concurrency", .integer, default: 10, .between(1, 2_147_483_648)),
    .path("http_path", default: "/"),
    .field("https_sni", .string, required: false, .custom(.sni)),
    .field("https_verify_certificate", .boolean, required: true, default: true),
    .field(
        "headers", .map(keys: .element(.string, .custom(.headerName)), values: .element(.array(of: .string))),
        required: false),
    .field("healthy", .record(activeHealthy), required: true, default: activeHealthy.defaults),
    .field("unhealthy", .record(activeUnhealthy), required: true, default: activeUnhealthy.defaults),
])

private let activeHealthy = RecordSchema([
    .field("interval", .number, default: 0, .between(0, 65535)),
    .field("http_statuses", statuses, default: [200, 302]),
    .field("successes", .integer, default: 0, .between(0, 255)),
])

private let activeUnhealthy = RecordSchema([
    .field("interval", .number, default: 0, .between(0, 65535)),
    .field("http_statuses", statuses, default: [429, 404, 500, 501, 502, 503, 504, 505]),
    .field("tcp_failures", .integer, default: 0, .between(0, 255)),
    .field("timeouts", .integer, default: 0, .between(0, 255)),
    .field("http_failures", .integer, default: 0, .between(0, 255)),
])

private let passive = RecordSchema([
    .field("type", .string, default: "http", checkType),
    .field("healthy", .record(passiveHealthy), required: true, default: passiveHealthy.defaults),
    .field("unhealthy", .record(passiveUnhealthy), required: true, default: passiveUnhealthy.defaults),
])

private let passiveHealthy = RecordSchema([
    .field(
        "http_statuses", statuses,
        default: [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308]),
    .field("successes", .integer, default: 0, .between(0, 255)),
])

private let passiveUnhealthy = RecordSchema([
    .field("http_statuses", statuses, default: [429, 500, 503]),
    .field("tcp_failures", .integer, default: 0, .between(0, 255)),
    .field("timeouts", .integer, default: 0, .between(0, 255)),
    .field("http_failures", .integer, default: 0, .between(0, 255)),
])

private let checkType: FieldCheck = .oneOf(["tcp", "http", "https", "grpc", "grpcs"])
private let statuses: FieldType = .array(of: .integer, .between(100, 999))

extension ShorthandField {
    /// Algorithms that do not hash take the hash input away.
    fileprivate static let algorithm = ShorthandField(FieldSchema(name: "algorithm", type: .string)) { value in
        switch value {
        case "least-connections", "latency": ["algorithm": value, "hash_on": .null]
        default: ["algorithm": value]
        }
    }

    /// What is hashed decides the algorithm; it runs after `algorithm` and so overrides it.
    fileprivate static let hashOn = ShorthandField(
        FieldSchema(name: "hash_on", type: .string), absentValue: "none"
    ) { value in
        switch value {
        case .null: ["hash_on": "none"]
        case "none": ["hash_on": "none", "algorithm": "round-robin"]
        default: ["hash_on": value, "algorithm": "consistent-hashing"]
        }
    }
}
