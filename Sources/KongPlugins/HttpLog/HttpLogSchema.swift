import KongCore

enum HttpLogSchema {
    static let description = PluginDescription(
        name: "http-log", priority: 12, phases: ["log"], config: config, configValidator: .noDoubleAuth,
        protocolsAllowed: Protocols.all)

    private static let config = RecordSchema([
        .field("http_endpoint", .string, required: true, flags: [.referenceable, .encrypted], .custom(.url)),
        .field("method", .string, default: "POST", .oneOf(["POST", "PUT", "PATCH"])),
        .field(
            "content_type", .string, default: "application/json",
            .oneOf(["application/json", "application/json; charset=utf-8"])),
        .field("timeout", .number, default: 10000),
        .field("keepalive", .number, default: 60000),
        .retryCount(of: "http-log"),
        .queueSize(of: "http-log"),
        .flushTimeout(of: "http-log"),
        .field(
            "headers",
            .map(
                keys: .element(
                    .string,
                    .matchNone([
                        PatternRule("^[Hh][Oo][Ss][Tt]$", error: "cannot contain 'Host' header"),
                        PatternRule(
                            "^[Cc][Oo][Nn][Tt][Ee][Nn][Tt]%-[Ll][Ee][nn][Gg][Tt][Hh]$",
                            error: "cannot contain 'Content-Length' header"),
                        PatternRule(
                            "^[Cc][Oo][Nn][Tt][Ee][Nn][Tt]%-[Tt][Yy][Pp][Ee]$",
                            error: "cannot contain 'Content-Type' header"),
                    ]), .custom(.headerName)), values: .element(.string, flags: .referenceable))),
        .queue,
        .customFieldsByLua,
    ])
}

extension FieldValidator {
    /// Credentials come from the URL or from a header, not from both.
    fileprivate static let noDoubleAuth = FieldValidator("no_double_auth") { config, _ in
        guard let text = config["http_endpoint"]?.stringValue, URLParts(text)?.userInfo != nil,
            let headers = config["headers"]?.objectValue,
            headers.keys.contains(where: { $0.lowercased() == "authorization" })
        else { return nil }
        return "specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed"
    }
}
