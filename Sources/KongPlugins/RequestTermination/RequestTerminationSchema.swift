import KongCore

enum RequestTerminationSchema {
    static let description = PluginDescription(
        name: "request-termination", priority: 2, phases: ["access"], config: config,
        configValidator: .terminationExclusive)

    private static let config = RecordSchema([
        .field("status_code", .integer, required: true, default: 503, .between(100, 599)),
        .field("message", .string),
        .field("content_type", .string),
        .field("body", .string),
        .field("echo", .boolean, required: true, default: false),
        .field("trigger", .string, .custom(.headerName)),
    ])
}

extension FieldValidator {
    /// A message goes into a body of its own making, so it excludes the parts of a given one.
    fileprivate static let terminationExclusive = FieldValidator("termination_exclusive") { config, _ in
        func isSet(_ name: String) -> Bool { config[name]?.stringValue != nil }
        if isSet("message"), isSet("content_type") || isSet("body") {
            return "message cannot be used with content_type or body"
        }
        if isSet("content_type"), !isSet("body") { return "content_type requires a body" }
        if config["echo"] == true, isSet("content_type") || isSet("body") {
            return "echo cannot be used with content_type and body"
        }
        return nil
    }
}
