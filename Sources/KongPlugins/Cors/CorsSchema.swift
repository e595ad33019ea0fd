import KongCore

enum CorsSchema {
    static let description = PluginDescription(
        name: "cors", priority: 2000, phases: ["access", "header_filter"], config: config, noConsumer: true)

    private static let config = RecordSchema([
        .field("origins", .array(of: .string, .custom(.origin))),
        .field("headers", .array(of: .string)),
        .field("exposed_headers", .array(of: .string)),
        .field(
            "methods",
            .array(
                of: .string, .oneOf(["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"])),
            default: ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"]),
        .field("max_age", .number),
        .field("credentials", .boolean, required: true, default: false),
        .field("private_network", .boolean, required: true, default: false),
        .field("preflight_continue", .boolean, required: true, default: false),
    ])
}

extension FieldValidator {
    /// `*`, a plain origin or a regular expression.
    fileprivate static let origin = FieldValidator("origin") { value, _ in
        guard let text = value.stringValue, text != "*", text.regexError != nil else { return nil }
        return .string("'\(text)' is not a valid regex")
    }
}
